//! What a ledger holds that only replays what another decided.

use gapura_domain::door::{Bounds, CheckIn, Command, DoorPlan, Intent, Member, Party, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{GateId, PersonId, RequestId, RoomId, RulesId, VenueId};
use gapura_domain::ledger::Ledger;
use gapura_domain::status::{Admission, Colour, Status};
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::{Verdict, Way};
use std::sync::Arc;

const NINE: Time = Time(1_795_312_800); // 2026-11-22T02:00:00Z, 09.00 WIB

fn plan() -> Arc<DoorPlan> {
    Arc::new(DoorPlan {
        gate: GateId(1),
        room: RoomId(1),
        venue: VenueId(1),
        zone: Zone::Wib,
        position: Position {
            latitude: -7.97,
            longitude: 112.63,
        },
        room_bounds: Bounds::default(),
        venue_bounds: Bounds::default(),
        hours: OpeningHours::always(),
        admission: Admission {
            green: Verdict::Admit,
            yellow: Verdict::Check,
            red: Verdict::Refuse,
            black: Verdict::Refuse,
            none: Verdict::Check,
        },
        longest_stay_s: 900,
    })
}

/// Somebody comes: of three people one is admitted, one has to be looked at, one is refused.
fn comes(number: u64, now: Time) -> CheckIn {
    let mut request = [0; 16];
    request[..6].copy_from_slice(&(now.0 * 1000).to_be_bytes()[2..]);
    request[8..].copy_from_slice(&number.to_be_bytes());
    let colours = [Colour::Green, Colour::Yellow, Colour::Red];
    let person = Member {
        person: PersonId(number),
        status: Status {
            colour: colours[usize::try_from(number % 3).unwrap()],
            entry: Some(0),
            rules: RulesId(1),
            facts_version: 1,
        },
        is_adult: true,
        follows_adult: false,
    };
    CheckIn {
        request: RequestId(request),
        plan: plan(),
        way: Way::Device,
        intent: Intent::Enter,
        party: Party::try_from(vec![person]).unwrap(),
        override_: None,
        remark: None,
    }
}

#[test]
fn a_ledger_that_only_replays_forgets_like_the_one_that_decides() {
    let (mut deciding, mut replaying) = (Ledger::new(), Ledger::new());
    let size = |ledger: &Ledger| format!("{:?}", ledger.snapshot()).len();
    let mut early = 0;
    for minute in 0..900 {
        let now = NINE.plus_s(60 * minute);
        let command = Command::CheckIn(comes(u64::try_from(minute).unwrap(), now));
        let mut events = Vec::new();
        deciding.decide(command, now, &mut events);
        for event in &events {
            replaying.apply(event);
        }
        if minute == 90 {
            early = size(&replaying);
        }
    }
    assert!(
        size(&replaying) < early * 2,
        "{} after {early}",
        size(&replaying)
    );
    assert!(size(&replaying) <= size(&deciding) * 11 / 10);
}
