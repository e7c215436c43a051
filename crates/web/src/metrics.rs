//! What the server counts about itself, as `OpenMetrics` text. Figures of machines and doors, never of a person.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use gapura_domain::verdict::Verdict;

use crate::guard::About;

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Requests of one route, by the first digit of their status, and the time they took.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    by_class: [AtomicU64; 5],
    micros: AtomicU64,
}

impl Counters {
    pub(crate) fn count(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.by_class[class].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Whether a figure only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Grows; its name ends in `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
}

/// A figure that somebody else counts, as the store its batches.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// `gapura_store_queue`, without `_total`.
    pub name: &'static str,
    /// What it counts, with its unit.
    pub help: &'static str,
    /// Whether it only grows.
    pub kind: Kind,
    /// The figure.
    pub value: f64,
}

/// All that is counted.
#[derive(Default)]
pub struct Metrics {
    routes: Mutex<Vec<Arc<About>>>,
    live: AtomicU64,
}

impl Metrics {
    pub(crate) fn watch(&self, about: Arc<About>) {
        self.routes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(about);
    }

    pub(crate) fn live(&self) -> &AtomicU64 {
        &self.live
    }

    /// Everything as text. `answers` says how often doors answered so.
    #[must_use]
    pub fn text(&self, answers: impl Fn(Verdict) -> u64, figures: &[Figure]) -> String {
        let mut text = String::new();
        self.write_requests(&mut text);
        head(
            &mut text,
            "gapura_check_ins",
            "counter",
            "Answers of doors by verdict.",
        );
        for verdict in [Verdict::Admit, Verdict::Check, Verdict::Refuse] {
            let (name, count) = (name_of(verdict), answers(verdict));
            let _ = writeln!(text, "gapura_check_ins_total{{verdict=\"{name}\"}} {count}");
        }
        head(
            &mut text,
            "gapura_live_connections",
            "gauge",
            "Screens and pages that follow live figures.",
        );
        let live = self.live.load(Ordering::Relaxed);
        let _ = writeln!(text, "gapura_live_connections {live}");
        for figure in figures {
            let (kind, suffix) = match figure.kind {
                Kind::Counter => ("counter", "_total"),
                Kind::Gauge => ("gauge", ""),
            };
            head(&mut text, figure.name, kind, figure.help);
            let _ = writeln!(text, "{}{suffix} {}", figure.name, figure.value);
        }
        text.push_str("# EOF\n");
        text
    }

    fn write_requests(&self, text: &mut String) {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        head(
            text,
            "gapura_http_requests",
            "counter",
            "Requests by route and class of status.",
        );
        for about in routes.iter() {
            for (index, counter) in about.counters.by_class.iter().enumerate() {
                let count = counter.load(Ordering::Relaxed);
                if count > 0 {
                    let (labels, class) = (labels(about), index + 1);
                    let _ = writeln!(
                        text,
                        "gapura_http_requests_total{{{labels},status=\"{class}xx\"}} {count}"
                    );
                }
            }
        }
        head(
            text,
            "gapura_http_request_seconds",
            "summary",
            "Time from request to answer by route.",
        );
        for about in routes.iter() {
            let count: u64 = about
                .counters
                .by_class
                .iter()
                .map(|counter| counter.load(Ordering::Relaxed))
                .sum();
            if count > 0 {
                let labels = labels(about);
                let micros = about.counters.micros.load(Ordering::Relaxed);
                let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
                let _ = writeln!(
                    text,
                    "gapura_http_request_seconds_count{{{labels}}} {count}"
                );
                let _ = writeln!(
                    text,
                    "gapura_http_request_seconds_sum{{{labels}}} {whole}.{rest:06}"
                );
            }
        }
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# TYPE {name} {kind}\n# HELP {name} {help}");
}

fn labels(about: &About) -> String {
    format!("method=\"{}\",route=\"{}\"", about.method, about.path)
}

const fn name_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Admit => "admit",
        Verdict::Check => "check",
        Verdict::Refuse => "refuse",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::http::{Method, StatusCode};
    use gapura_domain::verdict::Verdict;

    use super::{Figure, Kind, Metrics};
    use crate::access::Access;
    use crate::guard::About;

    #[test]
    fn requests_are_told_by_pattern_and_class_and_doors_by_verdict() {
        let metrics = Metrics::default();
        let about = Arc::new(About::new(
            Method::GET,
            "/v/{venue}",
            Access::PUBLIC,
            0,
            false,
        ));
        metrics.watch(Arc::clone(&about));
        about
            .counters
            .count(StatusCode::OK, Duration::from_micros(1500));
        about.counters.count(StatusCode::NOT_FOUND, Duration::ZERO);
        let figure = Figure {
            name: "gapura_store_queue",
            help: "Writes that wait.",
            kind: Kind::Gauge,
            value: 3.0,
        };
        let answers = |verdict| u64::from(verdict == Verdict::Refuse);
        let text = metrics.text(answers, &[figure]);
        for line in [
            "gapura_http_requests_total{method=\"GET\",route=\"/v/{venue}\",status=\"2xx\"} 1",
            "gapura_http_requests_total{method=\"GET\",route=\"/v/{venue}\",status=\"4xx\"} 1",
            "gapura_http_request_seconds_sum{method=\"GET\",route=\"/v/{venue}\"} 0.001500",
            "gapura_check_ins_total{verdict=\"refuse\"} 1",
            "gapura_store_queue 3",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
