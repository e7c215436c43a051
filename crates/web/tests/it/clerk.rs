//! Somebody at a desk with a browser: forms, files, the token of the last form that was seen.

use axum::body::Body;
use axum::http::{Method, Request};
use data_encoding::BASE64URL_NOPAD;
use gapura_app::keys::HashOf;
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_domain::venue::Label;
use gapura_store::staff::NewAccount;

use crate::world::{Answer, As, NOW, World, token};

/// What stands between the parts of a form with a file.
const BOUNDARY: &str = "between";

pub(crate) struct Clerk<'w> {
    world: &'w World,
    cookie: String,
    csrf: String,
}

impl<'w> Clerk<'w> {
    /// Somebody with a role over everything.
    pub(crate) fn of(world: &'w World, role: Role) -> Self {
        Self::with_token(world, &token(As::Staff(role)))
    }

    fn with_token(world: &'w World, token: &str) -> Self {
        Self {
            world,
            cookie: format!("gapura_s={token}"),
            csrf: String::new(),
        }
    }

    /// Somebody with a role for an organisation that owns nothing.
    pub(crate) async fn of_another_branch(world: &'w World, role: Role) -> Self {
        let (store, at) = (&world.app.store, Time(NOW));
        let name = Label::parse("Polres Batu").expect("a name");
        let branch = store.create_organisation(None, &name, at).await;
        Self::with_grant(
            world,
            Grant {
                role,
                branch: Some(branch.expect("founded")),
            },
        )
        .await
    }

    /// A new colleague.
    pub(crate) async fn with_grant(world: &'w World, grant: Grant) -> Self {
        let (store, at) = (&world.app.store, Time(NOW));
        let secret: [u8; 32] = world.app.random();
        let account = NewAccount {
            login: BASE64URL_NOPAD.encode(&secret[..8]).to_lowercase(),
            display_name: "Another officer".to_owned(),
            password: String::new(),
            totp: None,
            grants: vec![grant],
        };
        let account = store
            .create_account(&account, at)
            .await
            .expect("an account");
        let hash = world.app.keys.hash(HashOf::StaffToken, &secret);
        let session = store.begin_staff_session(hash, account, at, at.plus_s(86_400), "test");
        session.await.expect("a session");
        Self::with_token(world, &BASE64URL_NOPAD.encode(&secret))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty());
        self.world.send(request.expect("a request")).await
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html")
            .header("cookie", &self.cookie)
    }
}
