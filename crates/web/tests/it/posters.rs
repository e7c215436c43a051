//! Posters of all gates of a place, for programs.

use axum::http::StatusCode;
use gapura_domain::role::Role;

use crate::clerk::Clerk;
use crate::world::{As, World};

/// The id of the only place, as the list of places shows it.
async fn venue(world: &World) -> String {
    let found = world.get(As::Nobody, "/api/v1/venues").await.json();
    found["venues"][0]["venue"]
        .as_str()
        .expect("a place")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_posters_of_a_place_come_as_one_document() {
    let world = World::new().await;
    let path = format!("/api/v1/venues/{}/poster.pdf", venue(&world).await);
    for who in [Role::VenueManager, Role::Authority] {
        for query in ["", "?size=a4", "?size=small"] {
            let answer = world.get(As::Staff(who), &format!("{path}{query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/pdf");
            assert!(answer.text.starts_with("%PDF-"));
        }
    }
    let wrong = world
        .get(As::Staff(Role::Authority), &format!("{path}?size=a0"))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["parameter"], "size");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_does_not_print_a_places_posters() {
    let world = World::new().await;
    let path = format!("/api/v1/venues/{}/poster.pdf", venue(&world).await);
    let mut stranger = Clerk::of_another_branch(&world, Role::VenueManager).await;
    let answer = stranger.get(&path).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert!(!answer.text.contains("%PDF"));
    let unknown = "/api/v1/venues/00000000000000000000000000/poster.pdf";
    let answer = world.get(As::Staff(Role::Authority), unknown).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
