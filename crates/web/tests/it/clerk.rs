//! Somebody at a desk with a browser: forms, files, the token of the last form that was seen.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use data_encoding::BASE64URL_NOPAD;
use futures_util::{StreamExt, stream};
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

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.send(request, Body::empty()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = [("csrf", self.csrf.as_str())];
        let pairs = token.iter().chain(fields);
        let body: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(body.join("&"))).await
    }

    /// Sends a form with a file, as a browser does.
    pub(crate) async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<Body>,
    ) -> Answer {
        let token = [("csrf", self.csrf.as_str())];
        let mut head = String::new();
        for (name, value) in token.iter().chain(fields) {
            head += &format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        head += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"daftar.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        let tail = format!("\r\n--{BOUNDARY}--\r\n");
        let file = file.unwrap_or_default().into_data_stream();
        let body = stream::once(async { Ok(Bytes::from(head)) })
            .chain(file)
            .chain(stream::once(async { Ok(Bytes::from(tail)) }));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self
            .request(Method::POST, path)
            .header("content-type", kind);
        self.send(request, Body::from_stream(body)).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let answer = self
            .world
            .send(request.body(body).expect("a request"))
            .await;
        if let Some((_, rest)) = answer.text.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap_or_default().to_owned();
        }
        answer
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html")
            .header("cookie", &self.cookie)
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Where an answer leads.
pub(crate) fn to(answer: &Answer) -> String {
    let to = answer
        .headers
        .get("location")
        .and_then(|to| to.to_str().ok());
    let to = to.unwrap_or_else(|| panic!("{} leads nowhere: {}", answer.status, answer.text));
    to.to_owned()
}
