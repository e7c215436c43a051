//! The number by which a refusal and the log speak of the same request: a UUID, version 7.
//!
//! It is drawn when somebody first asks for it. Most requests are answered without one, and a door that answers
//! thousands a second has no time for what nobody reads.

use std::cell::OnceCell;
use std::sync::Arc;

use gapura_app::App;
use uuid::Uuid;

tokio::task_local! {
    static REQUEST: Numbered;
}

struct Numbered {
    app: Arc<App>,
    number: OnceCell<Uuid>,
}

/// Answers a request within which [`number`] is its number.
pub(crate) async fn numbered<F: Future>(app: &Arc<App>, answer: F) -> F::Output {
    let request = Numbered {
        app: Arc::clone(app),
        number: OnceCell::new(),
    };
    REQUEST.scope(request, answer).await
}

/// The number of the request that is being answered; `None` outside of any.
pub(crate) fn number() -> Option<Uuid> {
    let drawn = REQUEST.try_with(|request| {
        *request.number.get_or_init(|| {
            let app = &request.app;
            let milliseconds = u64::try_from(app.now().0).unwrap_or(0) * 1000;
            uuid::Builder::from_unix_timestamp_millis(milliseconds, &app.random()).into_uuid()
        })
    });
    drawn.ok()
}
