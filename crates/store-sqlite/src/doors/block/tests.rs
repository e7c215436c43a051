use super::*;
use gapura_domain::door::{Decision, FirstAnswer, Officer, Party, Remark};
use gapura_domain::ids::{AccountId, DeviceId, GateId, PersonId, RequestId, RoomId, RulesId};
use gapura_domain::status::{Colour, Status};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::{Exit, Limits, Reason, Scope, Verdict, Way};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use std::sync::Arc;

/// Mostly what is usual, now and then anything.
fn usual_or<T>(usual: std::ops::Range<T>) -> impl Strategy<Value = T> + Clone
where
    T: Arbitrary + Clone + 'static,
    std::ops::Range<T>: Strategy<Value = T>,
{
    prop_oneof![4 => usual, 1 => any::<T>()].boxed()
}

fn time() -> impl Strategy<Value = Time> {
    usual_or(1_795_000_000..1_795_100_000_i64).prop_map(Time)
}

fn exit() -> impl Strategy<Value = Exit> {
    select(vec![
        Exit::Visitor,
        Exit::Officer,
        Exit::Elsewhere,
        Exit::Moved,
        Exit::Closing,
        Exit::LongestStay,
        Exit::HoldLapsed,
        Exit::HoldRefused,
        Exit::Corrected,
    ])
}

fn verdict() -> impl Strategy<Value = Verdict> {
    select(vec![Verdict::Admit, Verdict::Check, Verdict::Refuse])
}

fn reason() -> impl Strategy<Value = Reason> {
    let scope = select(vec![Scope::Room, Scope::Venue]);
    prop_oneof![
        (any::<u8>(), option::of(any::<u8>()))
            .prop_map(|(member, entry)| Reason::Status { member, entry }),
        any::<u8>().prop_map(|member| Reason::WithAdult { member }),
        option::of(time()).prop_map(|opens| Reason::Closed { opens }),
        scope.clone().prop_map(|scope| Reason::Full { scope }),
        (scope, option::of(time()))
            .prop_map(|(scope, opens)| Reason::QuotaReached { scope, opens }),
        Just(Reason::AlreadyInside),
        Just(Reason::CheckedOut),
        Just(Reason::Overridden),
    ]
}

fn member() -> impl Strategy<Value = Member> {
    let status = (
        select(Colour::ALL.to_vec()),
        option::of(any::<u8>()),
        usual_or(1..3_u64),
        any::<u32>(),
    );
    let person = usual_or(1..2_000_000_u64);
    (person, status, any::<bool>(), any::<bool>()).prop_map(|(person, status, adult, follows)| {
        let (colour, entry, rules, facts_version) = status;
        Member {
            person: PersonId(person),
            status: Status {
                colour,
                entry,
                rules: RulesId(rules),
                facts_version,
            },
            is_adult: adult,
            follows_adult: follows,
        }
    })
}

fn party() -> impl Strategy<Value = Party> {
    vec(member(), 1..=12).prop_map(|mut members| {
        members.sort_by_key(|member| member.person);
        members.dedup_by_key(|member| member.person);
        Party::try_from(members).unwrap()
    })
}

fn remark() -> impl Strategy<Value = Remark> {
    let by = prop_oneof![
        any::<u64>().prop_map(|id| Officer::Account(AccountId(id))),
        any::<u64>().prop_map(|id| Officer::Device(DeviceId(id))),
    ];
    (by, ".{0,40}").prop_map(|(by, note)| Remark { by, note })
}

fn limits() -> impl Strategy<Value = Limits> {
    let figure = || usual_or(0..500_u32);
    let limit = || option::of(figure());
    (figure(), limit(), figure(), limit()).prop_map(|(inside, capacity, today, quota)| Limits {
        inside,
        capacity,
        today,
        quota,
    })
}

prop_compose! {
    fn undecided()(
        id in usual_or(1..10_000_u64),
        request in any::<[u8; 16]>(),
        door in (1..9_u64, usual_or(1..9_u64), 1..9_u64),
        at in time(),
        way in select(vec![Way::Device, Way::Screen, Way::Poster, Way::Manual, Way::Offline]),
        unproven in any::<bool>(),
        party in party(),
        limits in limits(),
        ends in (time(), exit()),
    ) -> Decision {
        Decision {
            id: DecisionId(id),
            request: RequestId(request),
            gate: GateId(door.0),
            room: RoomId(door.1),
            venue: VenueId(door.2),
            day: LocalDay(20_779),
            at,
            way,
            unproven,
            verdict: Verdict::Admit,
            reasons: Vec::new(),
            party,
            limits,
            hold_until: None,
            ends,
            remark: None,
            already: None,
            first: None,
        }
    }
}

prop_compose! {
    fn decision()(
        undecided in undecided(),
        verdict in verdict(),
        reasons in vec(reason(), 0..4),
        is_usual in any::<bool>(),
        leaves in prop::bool::weighted(0.2),
        remark in option::weighted(0.2, remark()),
        already in option::weighted(0.2, any::<u64>()),
        hold_until in option::of(time()),
    ) -> Decision {
        let entry = undecided.party[0].status.entry;
        let (reasons, hold_until) = match (leaves, is_usual) {
            (true, _) => (vec![Reason::CheckedOut], None),
            (false, true) => (vec![Reason::Status { member: 0, entry }], None),
            (false, false) => (reasons, hold_until),
        };
        let already = already.map(DecisionId);
        Decision { verdict, reasons, remark, already, hold_until, ..undecided }
    }
}

fn row() -> impl Strategy<Value = Finished> {
    let end = option::of((time(), exit()));
    let first = option::weighted(0.2, decision());
    (decision(), first, any::<prop::sample::Index>(), time(), end).prop_map(
        |(mut decision, first, member, since, end)| {
            let first = first.map(|first| serde_json::to_value(first).unwrap());
            decision.first =
                first.map(|first| Box::new(serde_json::from_value::<FirstAnswer>(first).unwrap()));
            let member = member.index(decision.party.len());
            Finished {
                decision: Arc::new(decision),
                member: u8::try_from(member).unwrap(),
                since,
                end,
            }
        },
    )
}

/// A row as it is when only one member of its party is known.
fn alone(row: &Finished) -> Row {
    let who = row.decision.party[usize::from(row.member)];
    let decision = Decision {
        party: Party::from(who),
        ..row.decision.as_ref().clone()
    };
    Row {
        finished: Finished {
            decision: Arc::new(decision),
            member: 0,
            ..row.clone()
        },
        member: row.member,
        party: u8::try_from(row.decision.party.len()).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 80,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_packed_is_unpacked_as_it_was(rows in vec(row(), 0..60)) {
        let rows: Vec<&Finished> = rows.iter().collect();
        let unpacked = unpack(&pack(&rows).unwrap()).unwrap();
        let expected: Vec<Row> = rows.iter().map(|row| alone(row)).collect();
        prop_assert_eq!(&unpacked, &expected);
        for (row, finished) in unpacked.iter().zip(&rows) {
            prop_assert_eq!(row.number(), finished.number());
        }
        let block = pack(&rows).unwrap();
        let odd = unpack_some(&block, |place, venue| place % 2 == 1 && venue.0 > 4).unwrap();
        let expected = expected.into_iter().enumerate().filter(|(place, row)| {
            place % 2 == 1 && row.finished.decision.venue.0 > 4
        });
        prop_assert_eq!(odd, expected.map(|(_, row)| row).collect::<Vec<Row>>());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..600)) {
        drop(unpack(&bytes));
    }

    #[test]
    fn no_damage_makes_it_panic(
        rows in vec(row(), 1..20),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        length in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        is_inflated in any::<bool>(),
    ) {
        let rows: Vec<&Finished> = rows.iter().collect();
        let mut block = pack(&rows).unwrap();
        if is_inflated {
            // Damage behind the deflation meets the columns themselves.
            let (columns, requests) = Columns::of(&rows).unwrap();
            let mut bytes = postcard::to_allocvec(&columns).unwrap();
            for (place, value) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            let mut deflate = DeflateEncoder::new(vec![0; 4], Compression::fast());
            deflate.write_all(&bytes).unwrap();
            block = deflate.finish().unwrap();
            let deflated = u32::try_from(block.len() - 4).unwrap();
            block[..4].copy_from_slice(&deflated.to_le_bytes());
            block.extend(requests);
        } else {
            for (place, value) in damage {
                let place = place.index(block.len());
                block[place] = value;
            }
        }
        if is_cut {
            block.truncate(length.index(block.len()));
        }
        for row in unpack(&block).unwrap_or_default() {
            prop_assert!(super::super::visit_of(&row).is_none_or(|visit| visit.id == row.number()));
        }
    }
}

#[test]
fn blocks_are_cut_by_rows_and_by_the_length_of_remarks() {
    let runner = &mut proptest::test_runner::TestRunner::deterministic();
    let plain = decision().new_tree(runner).unwrap().current();
    let finished = |note: usize| Finished {
        decision: Arc::new(Decision {
            remark: (note > 0).then(|| Remark {
                by: Officer::Device(DeviceId(1)),
                note: "x".repeat(note),
            }),
            ..plain.clone()
        }),
        member: 0,
        since: Time(0),
        end: None,
    };
    let many: Vec<Finished> = (0..=ROWS_MAX * 2).map(|_| finished(0)).collect();
    let many: Vec<&Finished> = many.iter().collect();
    let sizes: Vec<usize> = cut(&many).map(<[_]>::len).collect();
    assert_eq!(sizes, [ROWS_MAX, ROWS_MAX, 1]);
    let long = [600_000, 600_000, 5_000_000, 10].map(finished);
    let long: Vec<&Finished> = long.iter().collect();
    let sizes: Vec<usize> = cut(&long).map(<[_]>::len).collect();
    assert_eq!(sizes, [1, 1, 1, 1]);
    for block in cut(&long) {
        assert_eq!(unpack(&pack(block).unwrap()).unwrap().len(), 1);
    }
    assert_eq!(cut(&[]).count(), 0);
}
