//! What every answer of the server has in common, asked for from outside.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use gapura_web::forms::Form;
use gapura_web::json::Json;
use gapura_web::problem::Problem;
use gapura_web::security::{Needs, Reached};
use gapura_web::{assets, finish};
use tower::ServiceExt as _;

fn server() -> Router {
    let rooms = Router::new()
        .route("/page", get(|| async { "…" }))
        .route("/scan", get(|| async { (Extension(Needs::camera()), "…") }))
        .route("/busy", get(|| async { Problem::unavailable() }))
        .route(
            "/form",
            post(|form: Form| async move { form.text("name").to_owned() }),
        )
        .route(
            "/api/v1/number",
            post(|Json(number): Json<u32>| async move { number.to_string() }),
        );
    finish(rooms, Reached { by_https: true })
}

async fn ask(request: Request) -> Response {
    server()
        .oneshot(request)
        .await
        .expect("a router always answers")
}

fn get_as(path: &str, accept: &str) -> Request {
    Request::get(path)
        .header("accept", accept)
        .body(Body::empty())
        .unwrap()
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_forbids_what_no_page_needs() {
    for path in ["/page", "/nowhere", "/busy", assets::path::APP_CSS] {
        let response = ask(get_as(path, "text/html")).await;
        let headers = response.headers();
        let policy = header(headers, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert!(
            header(headers, "permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert_eq!(header(headers, "referrer-policy"), "no-referrer");
        assert_eq!(header(headers, "x-content-type-options"), "nosniff");
        assert_eq!(
            header(headers, "strict-transport-security"),
            "max-age=31536000"
        );
    }
}

#[tokio::test]
async fn only_a_page_that_scans_may_use_the_camera() {
    let response = ask(get_as("/scan", "text/html")).await;
    assert!(header(response.headers(), "content-security-policy").contains("'wasm-unsafe-eval'"));
    assert!(header(response.headers(), "permissions-policy").contains("camera=(self)"));
}

#[tokio::test]
async fn personal_pages_are_kept_by_nobody_and_styles_for_ever() {
    let page = ask(get_as("/page", "text/html")).await;
    assert_eq!(header(page.headers(), "cache-control"), "no-store");
    let mut request = get_as(assets::path::APP_CSS, "text/css");
    request
        .headers_mut()
        .insert("accept-encoding", "gzip, br".parse().unwrap());
    let style = ask(request).await;
    assert!(header(style.headers(), "cache-control").ends_with("immutable"));
    assert_eq!(header(style.headers(), "content-encoding"), "br");
    assert_eq!(
        header(style.headers(), "content-type"),
        "text/css; charset=utf-8"
    );
    let earlier = ask(get_as("/assets/000000000000/app.css", "text/css")).await;
    assert_eq!(earlier.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_problem_is_a_document_for_programs_and_a_page_for_people() {
    let document = ask(get_as("/busy", "application/json")).await;
    assert_eq!(document.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        header(document.headers(), "content-type"),
        "application/problem+json"
    );
    assert_eq!(header(document.headers(), "retry-after"), "2");
    let document: serde_json::Value = serde_json::from_str(&text(document).await).unwrap();
    assert_eq!(document["code"], "unavailable");
    assert_eq!(document["status"], 503);
    assert_eq!(document["type"], "urn:gapura:problem:unavailable");
    assert_eq!(document["title"], "Layanan sedang sibuk");

    let page = ask(get_as("/busy?lang=en", "text/html,*/*")).await;
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(header(page.headers(), "content-type").starts_with("text/html"));
    assert!(header(page.headers(), "set-cookie").starts_with("lang=en;"));
    assert!(text(page).await.contains("<h1>The service is busy</h1>"));
}

#[tokio::test]
async fn the_frameworks_own_refusals_take_the_same_form() {
    let code = async |request: Request| -> (u16, String) {
        let response = ask(request).await;
        let status = response.status().as_u16();
        let document: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        (status, document["code"].as_str().unwrap().to_owned())
    };
    let json = |body: &str| {
        let request = Request::post("/api/v1/number").header("content-type", "application/json");
        request.body(Body::from(body.to_owned())).unwrap()
    };
    assert_eq!(
        code(get_as("/api/v1/nowhere", "text/html")).await,
        (404, "not_found".into())
    );
    assert_eq!(
        code(get_as("/api/v1/number", "*/*")).await,
        (405, "method_not_allowed".into())
    );
    assert_eq!(code(json("1,")).await, (400, "wrong_json".into()));
    assert_eq!(
        code(json("\"3573040101990001\"")).await,
        (422, "wrong_shape".into())
    );
    assert_eq!(
        code(json(&"1".repeat(10 << 20))).await,
        (413, "too_large".into())
    );
    let bare = Request::post("/api/v1/number")
        .body(Body::from("1"))
        .unwrap();
    assert_eq!(code(bare).await, (415, "unsupported_media_type".into()));
}

#[tokio::test]
async fn a_refused_body_is_not_repeated() {
    let request = Request::post("/api/v1/number").header("content-type", "application/json");
    let response = ask(request.body(Body::from("\"3573040101990001\"")).unwrap()).await;
    assert!(!text(response).await.contains("3573040101990001"));
}

#[tokio::test]
async fn an_address_is_written_into_the_page_only_escaped() {
    let page = ask(get_as("/a&b?q='&lang=en", "text/html")).await;
    let page = text(page).await;
    assert!(
        page.contains("href=\"/a&#38;b?q=&#39;&#38;lang=id\""),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_is_read_as_it_was_typed() {
    let request =
        Request::post("/form").header("content-type", "application/x-www-form-urlencoded");
    let answer = ask(request
        .body(Body::from("name=+Siti+Nurhaliza+%26+anak+"))
        .unwrap())
    .await;
    assert_eq!(text(answer).await, "Siti Nurhaliza & anak");
    let request = Request::post("/form").header("content-type", "text/plain");
    let answer = ask(request.body(Body::from("name=x")).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
