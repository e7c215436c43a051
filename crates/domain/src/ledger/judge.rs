//! The decision itself: status, hours and limits of a party at a gate.

use super::Ledger;
use crate::door::{CheckIn, Decision, DoorPlan, HOLD_S, Member, Party, Remark};
use crate::hours::OpenState;
use crate::ids::{DecisionId, PersonId, RoomId};
use crate::status::Colour;
use crate::time::{LocalDay, Time};
use crate::verdict::{Exit, Limits, Reason, Scope, Verdict, Way};

impl Ledger {
    pub(super) fn judge(&self, ask: CheckIn, now: Time) -> Decision {
        let CheckIn {
            request,
            plan,
            way,
            party,
            override_,
            remark,
            ..
        } = ask;
        let day = plan.zone.day_of(now);
        let open_state = plan.hours.at(now, plan.zone);
        let (mut verdict, mut reasons) = judge_party(&plan, &party);
        if let OpenState::Closed { opens } = open_state {
            verdict = Verdict::Refuse;
            reasons.push(Reason::Closed { opens });
        }
        let limits = self.limit_reasons(&plan, &party, day, now);
        if !limits.is_empty() {
            verdict = Verdict::Refuse;
            reasons.extend(limits);
        }
        if remark.is_some() && way == Way::Manual {
            reasons.push(Reason::EnteredByHand);
        }
        if override_.is_some() && verdict != Verdict::Admit {
            verdict = Verdict::Admit;
            reasons.push(Reason::Overridden);
        }
        let already = self
            .stay_in(plan.room, party[0].person)
            .filter(|_| verdict == Verdict::Admit);
        if already.is_some() && self.newcomers(&plan, &party).0 == 0 {
            reasons.push(Reason::AlreadyInside);
        }
        let mut decision = Decision {
            id: DecisionId(self.next),
            request,
            gate: plan.gate,
            room: plan.room,
            venue: plan.venue,
            day,
            at: now,
            way,
            unproven: way == Way::Poster || self.contradicts(&plan, party[0].person, now),
            verdict,
            reasons,
            limits: Limits::default(),
            hold_until: (verdict == Verdict::Check).then(|| now.plus_s(HOLD_S)),
            ends: ends(&plan, open_state, now),
            party,
            remark: override_.or(remark),
            already,
            first: None,
        };
        decision.limits = self.limits_after(&plan, &decision);
        decision
    }

    /// What is recorded of somebody who has just left by a scan.
    pub(super) fn record_of_leaving(
        &self,
        ask: &CheckIn,
        visit: DecisionId,
        exit: Exit,
        now: Time,
    ) -> Decision {
        let plan = &ask.plan;
        let scanner = Party::from(ask.party[0]);
        let mut decision = Decision {
            id: DecisionId(self.next),
            request: ask.request,
            gate: plan.gate,
            room: plan.room,
            venue: plan.venue,
            day: plan.zone.day_of(now),
            at: now,
            way: ask.way,
            unproven: ask.way == Way::Poster,
            verdict: Verdict::Admit,
            reasons: vec![Reason::CheckedOut],
            limits: Limits::default(),
            hold_until: None,
            ends: (now, exit),
            party: scanner,
            remark: None,
            already: Some(visit),
            first: None,
        };
        decision.limits = self.limits_after(plan, &decision);
        decision
    }

    /// The visit of somebody who is in the room already.
    fn stay_in(&self, room: RoomId, person: PersonId) -> Option<DecisionId> {
        let open = self.open_of(person);
        open.filter(|open| !open.held && open.decision.room == room)
            .map(super::Open::number)
    }

    /// Members who are not yet in the room, and those not yet in the venue.
    fn newcomers(&self, plan: &DoorPlan, party: &[Member]) -> (u32, u32) {
        let (mut to_room, mut to_venue) = (0, 0);
        for member in party {
            let open = self.open_of(member.person).map(|open| &open.decision);
            to_room += u32::from(open.is_none_or(|decision| decision.room != plan.room));
            to_venue += u32::from(open.is_none_or(|decision| decision.venue != plan.venue));
        }
        (to_room, to_venue)
    }

    fn limit_reasons(
        &self,
        plan: &DoorPlan,
        party: &[Member],
        day: LocalDay,
        now: Time,
    ) -> Vec<Reason> {
        let (to_room, to_venue) = self.newcomers(plan, party);
        let mut reasons = Vec::new();
        for (scope, count, bounds, more) in [
            (Scope::Room, self.room(plan.room), plan.room_bounds, to_room),
            (
                Scope::Venue,
                self.venue(plan.venue),
                plan.venue_bounds,
                to_venue,
            ),
        ] {
            // A limit lowered below what is there must not trap people who only change rooms.
            if more == 0 {
                continue;
            }
            if bounds
                .capacity
                .is_some_and(|most| count.inside + more > most)
            {
                reasons.push(Reason::Full { scope });
            }
            if bounds
                .quota
                .is_some_and(|most| count.today_on(day) + more > most)
            {
                let midnight = plan.zone.time_at(day.plus_days(1), 0);
                let opens = match plan.hours.at(midnight.max(now), plan.zone) {
                    OpenState::Open { .. } => Some(midnight),
                    OpenState::Closed { opens } => opens,
                };
                reasons.push(Reason::QuotaReached { scope, opens });
            }
        }
        reasons
    }

    /// Two distant places within minutes: farther than 3 km and two more for each minute between.
    fn contradicts(&self, plan: &DoorPlan, person: PersonId, now: Time) -> bool {
        self.open_of(person).is_some_and(|open| {
            let before = self.positions.get(&open.decision.venue);
            let minutes = u32::try_from(now.since_s(open.since).max(0) / 60).unwrap_or(u32::MAX);
            before.is_some_and(|before| {
                before.distance_km(plan.position) > 3.0 + 2.0 * f64::from(minutes)
            })
        })
    }

    /// The decision on a check that an officer has looked at, or on a refusal that is overridden.
    ///
    /// Whoever's hold has lapsed needs a free place again; an override does not ask for one.
    pub(super) fn judge_again(
        &self,
        first: &Decision,
        plan: &DoorPlan,
        admit: bool,
        remark: Remark,
        now: Time,
    ) -> Decision {
        let mut decision = first.to_be_changed();
        decision.remark = Some(remark);
        decision.hold_until = None;
        if self.held_places(first) == 0 {
            decision.day = plan.zone.day_of(now);
            decision.ends = ends(plan, plan.hours.at(now, plan.zone), now);
        }
        let full = if !admit || first.verdict == Verdict::Refuse {
            Vec::new()
        } else {
            self.limit_reasons(plan, &first.party, decision.day, now)
        };
        decision.verdict = if admit && full.is_empty() {
            Verdict::Admit
        } else {
            Verdict::Refuse
        };
        decision.reasons.push(match (admit, first.verdict) {
            (true, Verdict::Refuse) => Reason::Overridden,
            (true, _) => Reason::CheckPassed,
            (false, _) => Reason::CheckFailed,
        });
        decision.reasons.extend(full);
        // Who went in by another scan meanwhile keeps that visit.
        decision.already = self
            .stay_in(plan.room, first.party[0].person)
            .filter(|visit| decision.verdict == Verdict::Admit && *visit != first.id);
        decision.limits = self.limits_after(plan, &decision);
        decision
    }

    /// The figures of the limit that will be nearer once the decision is applied.
    fn limits_after(&self, plan: &DoorPlan, decision: &Decision) -> Limits {
        let counts_them = decision.verdict != Verdict::Refuse && !decision.is_leave();
        let (to_room, to_venue) = if counts_them {
            self.newcomers(plan, &decision.party)
        } else {
            (0, 0)
        };
        let leaves = if decision.verdict == Verdict::Refuse {
            self.held_places(decision)
        } else {
            0
        };
        let figures = |count: super::Count, bounds: crate::door::Bounds, more: u32| Limits {
            inside: (count.inside + more).saturating_sub(leaves),
            capacity: bounds.capacity,
            today: (count.today_on(decision.day) + more).saturating_sub(leaves),
            quota: bounds.quota,
        };
        let room = figures(self.room(plan.room), plan.room_bounds, to_room);
        let venue = figures(self.venue(plan.venue), plan.venue_bounds, to_venue);
        if free_places(&venue) < free_places(&room) {
            venue
        } else {
            room
        }
    }

    fn held_places(&self, decision: &Decision) -> u32 {
        let held = (0..decision.party.len())
            .filter(|member| self.open(decision.visit_of(*member)).is_some());
        u32::try_from(held.count()).unwrap_or(0)
    }
}

/// How many more people the nearer of two bounds lets in; the largest number without bounds.
fn free_places(limits: &Limits) -> u32 {
    let left =
        |most: Option<u32>, used: u32| most.map_or(u32::MAX, |most| most.saturating_sub(used));
    left(limits.capacity, limits.inside).min(left(limits.quota, limits.today))
}

/// When a stay that begins now ends by itself: at closing time or after the longest stay.
fn ends(plan: &DoorPlan, open_state: OpenState, now: Time) -> (Time, Exit) {
    let longest = now.plus_s(plan.longest_stay_s.max(1));
    match open_state {
        OpenState::Open { until } if until <= longest => (until, Exit::Closing),
        OpenState::Open { .. } | OpenState::Closed { .. } => (longest, Exit::LongestStay),
    }
}

/// The strictest verdict of a party's colours, and why.
fn judge_party(plan: &DoorPlan, party: &[Member]) -> (Verdict, Vec<Reason>) {
    let green_adult = party
        .iter()
        .find(|member| member.is_adult && member.status.colour == Colour::Green);
    let mut verdict = Verdict::Admit;
    let mut reasons = Vec::new();
    for (index, member) in party.iter().enumerate() {
        let index = u8::try_from(index).unwrap_or(u8::MAX);
        if member.follows_adult
            && let Some(adult) = green_adult
        {
            verdict = verdict.max(plan.admission.of(adult.status.colour));
            reasons.push(Reason::WithAdult { member: index });
            continue;
        }
        let of_colour = plan.admission.of(member.status.colour);
        if of_colour != Verdict::Admit || party.len() == 1 {
            reasons.push(Reason::Status {
                member: index,
                entry: member.status.entry,
            });
        }
        verdict = verdict.max(of_colour);
    }
    (verdict, reasons)
}
