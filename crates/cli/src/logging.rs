//! Logs: JSON lines on standard error, or plain ones where a person looks on. Never personal data.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Begins to log. `RUST_LOG` chooses what, as `info` or `warn,access=info`.
pub(crate) fn begin() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,refinery_core=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().flatten_event(true).init();
    }
    std::panic::set_hook(Box::new(|panic| {
        // The message may hold what somebody typed; the place is enough to find the fault.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a handler broke");
    }));
}
