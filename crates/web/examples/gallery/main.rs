//! Every part of the pages with sample content, to be looked at and photographed.
//!
//! `cargo run -p gapura-web --example gallery` and open <http://127.0.0.1:8799/>.

mod samples;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
// The shared templates name these rooms of the crate they are compiled in.
use gapura_web::{assets, gate_screen, lang, page, verdict};

use gapura_web::forms::Form;
use gapura_web::gate_screen::GateScreen;
use gapura_web::page::{Desk, Frame, Pages, Tab, html};
use gapura_web::problem::Problem;
use gapura_web::security::{Needs, Reached};
use gapura_web::verdict::{Outcome, VerdictScreen};
use gapura_web::words::Words;

use crate::samples::{pick, sample_desk, sample_gate, sample_verdict};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8799".to_owned());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{address}/");
    axum::serve(listener, gapura_web::finish(rooms(), Reached::default())).await
}

fn rooms() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/door", get(door))
        .route("/verdict/{outcome}", get(verdict))
        .route("/gate", get(gate))
        .route("/gate/stream", get(stream))
        .route("/api/v1/check-ins", axum::routing::post(check_in))
        .route("/desk", get(desk))
        .route("/form", get(form))
        .route("/tasks", get(tasks))
        .route("/empty", get(empty))
        .route("/confirmed", get(confirmed))
        .route("/charts", get(charts))
        .route("/history", get(history))
        .route("/broken", get(|| async { Problem::unavailable() }))
}

/// A page of samples: both languages stand in the template, side by side.
macro_rules! sample {
    ($name:ident, $path:literal $(, $field:ident: $kind:ty)*) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name { w: Words, frame: Frame, $($field: $kind),* }
        impl Sample for $name {
            fn words(&self) -> Words { self.w }
        }
    };
}

trait Sample {
    fn words(&self) -> Words;
    fn t<'a>(&self, id: &'a str, en: &'a str) -> &'a str {
        pick(self.words(), id, en)
    }
}

sample!(Index, "gallery/index.html");
sample!(Door, "gallery/door.html", form: Form);
sample!(VerdictPage, "gallery/verdict_page.html", verdict: VerdictScreen);
sample!(Gate, "gate/screen.html", screen: GateScreen);
sample!(DeskPage, "gallery/desk_list.html", desk: Desk, form: Form, pages: Pages);
sample!(FormPage, "gallery/form.html", form: Form);
sample!(Tasks, "gallery/tasks.html", desk: Desk);
sample!(Empty, "gallery/empty.html", desk: Desk);
sample!(Confirmed, "gallery/confirmed.html");
sample!(Charts, "gallery/charts.html", desk: Desk);
sample!(History, "gallery/history.html");

async fn index(frame: Frame) -> Response {
    html(&Index { w: frame.w, frame })
}

async fn door(frame: Frame) -> Response {
    let form = Form::blank().fill("who", "1").fill("who", "2");
    (
        Extension(Needs::camera()),
        html(&Door {
            w: frame.w,
            frame: frame.on(Tab::Other),
            form,
        }),
    )
        .into_response()
}

async fn verdict(frame: Frame, Path(outcome): Path<String>) -> Result<Response, Problem> {
    let outcome = Outcome::ALL
        .into_iter()
        .find(|known| known.name() == outcome)
        .ok_or_else(Problem::not_found)?;
    let verdict = sample_verdict(frame.w, outcome);
    Ok(html(&VerdictPage {
        w: frame.w,
        frame: frame.on(Tab::Other),
        verdict,
    }))
}

async fn gate(frame: Frame) -> Response {
    let w = frame.w;
    let screen = sample_gate(w);
    (Extension(Needs::camera()), html(&Gate { w, frame, screen })).into_response()
}

/// One message, then silence: enough to see a figure change.
async fn stream() -> impl IntoResponse {
    let message = r#"data: {"inside": 13, "today": 119}"#;
    (
        [("content-type", "text/event-stream")],
        format!("retry: 600000\n{message}\n\n"),
    )
}

async fn check_in(
    frame: Frame,
    gapura_web::json::Json(body): gapura_web::json::Json<serde_json::Value>,
) -> Result<Response, Problem> {
    let credential = body["credential"].as_str().unwrap_or_default();
    let outcome = Outcome::ALL
        .into_iter()
        .find(|outcome| credential.contains(outcome.name()))
        .ok_or_else(Problem::unreadable)?;
    let screen = sample_verdict(frame.w, outcome);
    let next = screen.next.unwrap_or_default();
    Ok(axum::Json(serde_json::json!({
        "decision": "d1", "verdict": outcome.name(), "status": "green",
        "reasons": [{"code": "sample", "params": {}, "text": screen.reason}],
        "next_step": {"code": "sample", "params": {}, "text": format!("{}. {}", next.what, next.details)},
        "initials": [screen.initials], "word": screen.word,
    }))
    .into_response())
}

async fn desk(frame: Frame) -> Response {
    let form = Form::blank().fill("state", "waiting");
    let pages = Pages {
        earlier: None,
        later: Some("/desk?page=2".into()),
        shown: pick(frame.w, "1–6 dari 11", "1–6 of 11").into(),
    };
    html(&DeskPage {
        w: frame.w,
        desk: sample_desk(frame.w, 0),
        frame,
        form,
        pages,
    })
}

async fn form(frame: Frame) -> Response {
    let w = frame.w;
    let mut form = Form::blank()
        .fill("name", "Budi Santoso")
        .fill("born", "31-02-1984")
        .fill("nik", "357304310284")
        .fill("contact", "budi@");
    form.complain(
        "born",
        pick(
            w,
            "Februari 1984 hanya sampai tanggal 29. Periksa tanggal lahir Anda.",
            "February 1984 has only 29 days. Please look at your date of birth.",
        ),
    );
    form.complain(
        "nik",
        pick(
            w,
            "NIK terdiri atas 16 angka; baru 12 yang terisi.",
            "The NIK has 16 digits; 12 have been typed.",
        ),
    );
    (form.status(), html(&FormPage { w, frame, form })).into_response()
}

async fn tasks(frame: Frame) -> Response {
    let frame = Frame {
        flash: Some(
            pick(
                frame.w,
                "Ruang Pelayanan SIM tersimpan.",
                "The driving licence room has been saved.",
            )
            .into(),
        ),
        ..frame
    };
    html(&Tasks {
        w: frame.w,
        desk: sample_desk(frame.w, 0),
        frame,
    })
}

async fn empty(frame: Frame) -> Response {
    html(&Empty {
        w: frame.w,
        desk: sample_desk(frame.w, 3),
        frame,
    })
}

async fn confirmed(frame: Frame) -> Response {
    html(&Confirmed {
        w: frame.w,
        frame: frame.on(Tab::Other),
    })
}

async fn charts(frame: Frame) -> Response {
    html(&Charts {
        w: frame.w,
        desk: sample_desk(frame.w, 1),
        frame,
    })
}

async fn history(frame: Frame) -> Response {
    html(&History {
        w: frame.w,
        frame: frame.on(Tab::History),
    })
}
