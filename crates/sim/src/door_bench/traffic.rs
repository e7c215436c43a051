//! What is asked of the server: the same few bytes again and again, or check-ins whose ids, people and
//! doors differ.

use super::ground::Ground;
use crate::dice::Dice;
use crate::load::{Answer, Traffic};

/// The bytes between which an admission stands in an answer.
const ADMITTED: &str = "\"verdict\":\"admit\"";

/// One request, always the same, answered 200.
pub(super) struct Same {
    bytes: Vec<u8>,
}

impl Same {
    /// A bare GET.
    pub(super) fn get(port: u16) -> Self {
        let text = format!("GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n");
        Self {
            bytes: text.into_bytes(),
        }
    }
}

impl Traffic for Same {
    fn write(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.bytes);
        true
    }

    fn is_right(&mut self, _: usize, answer: Answer<'_>) -> bool {
        answer.status == 200
    }
}

/// Who checks in, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    /// Visitors who are signed in, each at another venue than before.
    Spread,
    /// Visitors who are signed in, all at one venue, each in another room than before.
    OneVenue,
    /// Devices of all venues, each scanning the pass of a visitor who comes from another venue.
    Devices,
}

/// Check-ins without end: every person in turn, then every person again elsewhere.
pub(super) struct CheckIns<'a> {
    ground: &'a Ground,
    scene: Scene,
    port: u16,
    dice: Dice,
    /// Milliseconds since the Unix epoch.
    now_ms: u64,
    next: u64,
    body: String,
}

impl<'a> CheckIns<'a> {
    /// Check-ins from the `first` on; two runs with the same numbers send the same people to the same
    /// doors under other request ids.
    pub(super) fn new(
        ground: &'a Ground,
        scene: Scene,
        port: u16,
        first: u64,
        (seed, now_ms): (u64, u64),
    ) -> Self {
        Self {
            ground,
            scene,
            port,
            dice: Dice::new(seed),
            now_ms,
            next: first,
            body: String::new(),
        }
    }

    /// The number of the next check-in.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The person and the gate of a check-in: every person once a round, and never twice in a room.
    fn choose(&self, number: u64) -> (usize, usize) {
        let people = self.ground.people();
        let (person, round) = (number % people, number / people);
        let gates = match self.scene {
            Scene::OneVenue => self.ground.hall.len() as u64,
            Scene::Spread | Scene::Devices => self.ground.gates.len() as u64,
        };
        // A stride that shares no divisor with round numbers of gates spreads neighbours widely.
        let gate = (person * 7_919 + round) % gates.max(1);
        (index(person), index(gate))
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

impl Traffic for CheckIns<'_> {
    fn write(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        let (person, gate) = self.choose(self.next);
        self.next += 1;
        let id = self.dice.uuid_v7(self.now_ms);
        self.body.clear();
        self.body.push_str("{\"id\":\"");
        push_uuid(&mut self.body, id);
        self.body.push_str("\",\"gate\":\"");
        let ground = self.ground;
        let session = (
            "cookie",
            ground.cookie.as_str(),
            ground.sessions.get(person),
        );
        let ((header, name, secret), gates) = match self.scene {
            Scene::Spread => (session, &ground.gates),
            Scene::OneVenue => (session, &ground.hall),
            Scene::Devices => {
                let token = ground.tokens.get(gate);
                (("authorization", "Bearer ", token), &ground.gates)
            }
        };
        let (Some(secret), Some(gate)) = (secret, gates.get(gate)) else {
            return false;
        };
        self.body.push_str(gate);
        if self.scene == Scene::Devices {
            let Some(pass) = ground.pass(self.next - 1) else {
                return false;
            };
            self.body.push_str("\",\"credential\":\"");
            self.body.push_str(pass);
        }
        self.body.push_str("\"}");
        let from = [name, secret];
        post(
            out,
            self.port,
            "/api/v1/check-ins",
            (header, from),
            &self.body,
        )
    }

    fn is_right(&mut self, _: usize, answer: Answer<'_>) -> bool {
        answer.status == 200 && answer.holds(ADMITTED)
    }
}

/// Writes a request with a body of JSON; the header's value says who asks, in two parts.
pub(super) fn post(
    out: &mut Vec<u8>,
    port: u16,
    path: &str,
    (header, [name, secret]): (&str, [&str; 2]),
    body: &str,
) -> bool {
    let text = format_args!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n{header}: {name}{secret}\r\n\r\n{body}",
        body.len(),
    );
    // Writing into memory does not fail.
    std::io::Write::write_fmt(out, text).is_ok()
}

/// The usual form of a UUID, 8-4-4-4-12.
pub(super) fn push_uuid(text: &mut String, bytes: [u8; 16]) {
    for (place, byte) in bytes.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn ground() -> Ground {
        let numbered = |name: &str, count: usize| -> Vec<String> {
            (0..count).map(|number| format!("{name}{number}")).collect()
        };
        Ground {
            cookie: "gapura_v=".to_owned(),
            people: Vec::new(),
            gate_ids: Vec::new(),
            sessions: numbered("session", 50),
            gates: numbered("gate", 10),
            tokens: numbered("token", 10),
            hall: numbered("hall", 4),
            passes: numbered("PASS", 50),
            signature_us: 30.0,
        }
    }

    fn texts(scene: Scene, first: u64, count: usize) -> Vec<String> {
        let ground = ground();
        let mut check_ins = CheckIns::new(&ground, scene, 8700, first, (1, 1_795_305_600_000));
        (0..count)
            .map(|_| {
                let mut out = Vec::new();
                assert!(check_ins.write(0, &mut out));
                String::from_utf8(out).unwrap()
            })
            .collect()
    }

    #[test]
    fn a_visitors_check_in_is_a_whole_request() {
        let text = texts(Scene::Spread, 0, 1).remove(0);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /api/v1/check-ins HTTP/1.1\r\n"));
        assert!(head.contains("\r\ncookie: gapura_v=session0"));
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["gate"], "gate0");
        assert_eq!(body["id"].as_str().map(str::len), Some(36));
        assert_eq!(&body["id"].as_str().unwrap()[14..15], "7");
    }

    #[test]
    fn a_device_shows_its_token_and_the_pass() {
        let text = texts(Scene::Devices, 0, 1).remove(0);
        assert!(text.contains("\r\nauthorization: Bearer token0\r\n"));
        assert!(text.ends_with("\"credential\":\"PASS0\"}"));
    }

    #[test]
    fn nobody_comes_to_the_same_room_twice_in_a_row_and_no_id_is_used_twice() {
        for scene in [Scene::Spread, Scene::OneVenue, Scene::Devices] {
            let ground = ground();
            let check_ins = CheckIns::new(&ground, scene, 8700, 0, (1, 0));
            for number in 0..500 {
                let (person, gate) = check_ins.choose(number);
                let (again, elsewhere) = check_ins.choose(number + 50);
                assert_eq!(person, again);
                assert_ne!(gate, elsewhere);
            }
            let ids: HashSet<String> = texts(scene, 0, 500)
                .into_iter()
                .map(|text| text.split("\"id\":\"").nth(1).unwrap()[..36].to_owned())
                .collect();
            assert_eq!(ids.len(), 500);
        }
    }

    #[test]
    fn the_same_numbers_send_the_same_people_to_the_same_doors() {
        assert_eq!(texts(Scene::Spread, 7, 5), texts(Scene::Spread, 7, 5));
    }
}
