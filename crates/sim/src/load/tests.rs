//! The driver against small servers of its own.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Serves each connection on a thread, as `serve` says.
fn server(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream.unwrap()));
        }
    });
    port
}

/// Answers `times` requests, each with `answer`, then closes.
fn answers(answer: &'static [u8], times: u64) -> impl Fn(TcpStream) + Clone + Send + 'static {
    move |mut stream| {
        let mut bytes = [0; 512];
        for _ in 0..times {
            if stream.read(&mut bytes).is_ok_and(|read| read > 0) {
                stream.write_all(answer).unwrap();
            }
        }
    }
}

struct Asking {
    left: u64,
}

impl Traffic for Asking {
    fn write(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    fn is_right(&mut self, _: usize, answer: Answer<'_>) -> bool {
        answer.status == 200 && answer.holds("ok")
    }
}

fn run(port: u16, connections: usize, pace: Pace, requests: u64) -> Report {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is the composition root here"
    )]
    let start = Instant::now();
    let stopwatch = || start.elapsed();
    let until = Until {
        lasted: Duration::from_secs(20),
        requests,
    };
    let mut driver = Driver::connect(port, connections).unwrap();
    let mut asking = Asking { left: u64::MAX };
    driver.run(&mut asking, pace, until, &stopwatch).unwrap()
}

#[test]
fn so_many_requests_are_sent_and_answered_as_asked() {
    let port = server(answers(OK, u64::MAX));
    let report = run(port, 4, Pace::Closed, 1_000);
    assert_eq!((report.answered, report.wrong, report.lost), (1_000, 0, 0));
    assert_eq!(report.latency.count(), 1_000);
    assert!(report.per_second() > 100.0);
}

#[test]
fn wrong_answers_are_counted_and_the_first_is_shown() {
    let port = server(answers(
        b"HTTP/1.1 503 x\r\ncontent-length: 4\r\n\r\nbusy",
        u64::MAX,
    ));
    let report = run(port, 1, Pace::Closed, 3);
    assert_eq!((report.answered, report.wrong), (3, 3));
    assert_eq!(report.first_wrong.as_deref(), Some("503 busy"));
}

#[test]
fn a_server_that_goes_away_costs_the_requests_that_were_under_way() {
    let port = server(answers(OK, 10));
    let report = run(port, 2, Pace::Closed, 1_000);
    assert_eq!(report.answered, 20);
    assert!(report.lost <= 2);
}

#[test]
fn traffic_that_has_nothing_more_to_ask_ends_the_run() {
    let port = server(answers(OK, u64::MAX));
    let start = std::cell::Cell::new(0);
    // A stopwatch that ticks a microsecond whenever it is looked at: no clock is needed.
    let stopwatch = || Duration::from_micros(start.replace(start.get() + 1));
    let until = Until {
        lasted: Duration::from_hours(1),
        requests: u64::MAX,
    };
    let mut driver = Driver::connect(port, 2).unwrap();
    let mut asking = Asking { left: 8 };
    let report = driver.run(&mut asking, Pace::Closed, until, &stopwatch);
    assert_eq!(report.unwrap().answered, 7);
    assert_eq!(driver.alive(), 2);
}

#[test]
fn at_an_open_pace_a_stall_counts_for_everybody_who_came_meanwhile() {
    // The server holds its first answer back until 60 ms have passed on a clock that the driver
    // itself turns: 100 µs each time it looks.
    let (ends_stall, stall_ends) = std::sync::mpsc::channel::<()>();
    let stall_ends = std::sync::Arc::new(std::sync::Mutex::new(stall_ends));
    let port = server(move |stream| {
        // Waits until the other end is dropped.
        assert!(stall_ends.lock().unwrap().recv().is_err());
        answers(OK, u64::MAX)(stream);
    });
    let ticks = std::cell::Cell::new(0);
    let ends_stall = std::cell::Cell::new(Some(ends_stall));
    let stopwatch = || {
        if ticks.get() == 600 {
            ends_stall.take();
        }
        Duration::from_micros(ticks.replace(ticks.get() + 1) * 100)
    };
    let pace = Pace::Open {
        per_second: 1_000.0,
        dice: Dice::new(11),
    };
    let until = Until {
        lasted: Duration::from_millis(120),
        requests: u64::MAX,
    };
    let mut driver = Driver::connect(port, 1).unwrap();
    let mut asking = Asking { left: u64::MAX };
    let report = driver.run(&mut asking, pace, until, &stopwatch).unwrap();
    assert_eq!(report.wrong, 0);
    // About half came while the only connection was stuck, and waited 30 ms on average.
    assert!(report.latency.quantile(900) > Duration::from_millis(15));
    assert!((60..240).contains(&(report.answered + report.lost)));
}
