//! A party at a gate: who they are, what they may, and the answer with its words' ingredients.

use crate::credential::Shown;
use crate::door_plan::GatePlan;
use crate::error::Result;
use crate::next_step::NextStep;
use crate::rules_in_force::{RulesName, rules_name, rules_reason};
use crate::{App, AppError, status};
use gapura_domain::door::{
    Answer, CheckIn, Command, Decision, Intent, Member, Officer, Party, Remark,
};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId};
use gapura_domain::time::Time;
use gapura_domain::verdict::{Exit, Reason, Way};
use gapura_pass::{ScreenCode, minute_of};
use std::sync::Arc;

/// A client's id must not be older: after this its first answer is not remembered for sure.
const REQUEST_AGE_S: i64 = 8 * 86_400;

/// A client's id must not be farther ahead of the server's clock.
const REQUEST_AHEAD_S: i64 = 120;

/// Who wants in.
#[derive(Clone, Debug)]
pub enum Who {
    /// A device scanned this.
    Credential(String),
    /// A visitor who is signed in opened the gate's code, with what the screen showed if it did.
    Visitor {
        /// Who.
        person: PersonId,
        /// The minute's code of the gate's screen.
        screen_code: Option<String>,
    },
}

/// What a check-in asks.
#[derive(Clone, Debug)]
pub struct CheckInAsk {
    /// The client's id.
    pub request: RequestId,
    /// Where.
    pub gate: GateId,
    /// Who.
    pub who: Who,
    /// Companions of the visitor's account.
    pub companions: Vec<PersonId>,
    /// In or out.
    pub intent: Intent,
    /// The device or officer who scanned.
    pub by: Option<Officer>,
    /// An officer's reason to let them in whatever the rules say.
    pub override_reason: Option<String>,
}

/// A gate's answer with all that its words are made of.
#[derive(Clone, Debug)]
pub struct DoorAnswer {
    /// The decision.
    pub decision: Arc<Decision>,
    /// The gate.
    pub plan: Arc<GatePlan>,
    /// Initials of the party, in its order.
    pub initials: Vec<Arc<str>>,
    /// The minute's word, the same on the visitor's page and on the gate's screen.
    pub word: &'static str,
    /// Reasons, the weightiest last.
    pub reasons: Vec<SaidReason>,
    /// What to do now, for a refusal.
    pub next_step: Option<NextStep>,
    /// The rule set that gave the status.
    pub rules: Arc<RulesName>,
}

/// A reason as a code with what its words need.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidReason {
    /// `quota_reached`, `dose_missing`, …
    pub code: Arc<str>,
    /// The domain's reason.
    pub reason: Reason,
    /// Whose status it is, if the party has several people.
    pub initials: Option<Arc<str>>,
}

/// What became of a scan.
#[derive(Clone, Debug)]
pub enum Scan {
    /// A verdict.
    Decided(Box<DoorAnswer>),
    /// The visitor left.
    Left {
        /// The visit.
        visit: DecisionId,
        /// When.
        at: Time,
        /// How.
        exit: Exit,
        /// The gate.
        plan: Arc<GatePlan>,
        /// Initials of all who left by it.
        initials: Vec<Arc<str>>,
    },
}

impl App {
    /// Decides about a party at a gate. When this answers, the decision is durable.
    ///
    /// # Errors
    /// `NotFound` for an unknown gate; `NotNow` with `id_too_old`, `id_from_future`, `id_reused`,
    /// `screen_code_needed`, `screen_code_over`, `not_a_companion`, `party_too_large`, `not_inside`, or one of
    /// [`App::read_credential`]'s.
    pub async fn check_in(&self, ask: CheckInAsk) -> Result<Scan> {
        let now = self.now();
        check_request(ask.request, now)?;
        let gate = self.door_plan(ask.gate).await?.ok_or(AppError::NotFound)?;
        let (person, way) = self.who(&ask, &gate, now).await?;
        let party = self.party(person, &ask.companions, &gate, now).await?;
        let override_ = override_of(ask.override_reason, ask.by)?;
        let check_in = CheckIn {
            request: ask.request,
            plan: Arc::clone(&gate.plan),
            way,
            intent: ask.intent,
            party,
            override_,
            remark: None,
        };
        let answer = self.store.decide(Command::CheckIn(check_in), now).await?;
        self.scan_answer(answer, gate).await
    }

    async fn who(&self, ask: &CheckInAsk, gate: &GatePlan, now: Time) -> Result<(PersonId, Way)> {
        match &ask.who {
            Who::Credential(text) => match self.read_credential(text, gate.plan.zone, now).await? {
                Shown::Person(person) => Ok((person, Way::Device)),
                Shown::Gate(..) => Err(AppError::NotNow("code_of_gate")),
            },
            Who::Visitor {
                person,
                screen_code,
            } => {
                let shown = screen_code
                    .as_deref()
                    .map(|text| self.accepts_screen(gate, text, now));
                match shown {
                    Some(true) => Ok((*person, Way::Screen)),
                    Some(false) if gate.demands_screen_code => {
                        Err(AppError::NotNow("screen_code_over"))
                    }
                    None if gate.demands_screen_code => Err(AppError::NotNow("screen_code_needed")),
                    Some(false) | None => Ok((*person, Way::Poster)),
                }
            }
        }
    }

    fn accepts_screen(&self, gate: &GatePlan, text: &str, now: Time) -> bool {
        ScreenCode::parse(text).is_ok_and(|shown| {
            self.keys
                .gate()
                .accepts_screen_code(gate.code, shown, now.0)
        })
    }

    async fn party(
        &self,
        person: PersonId,
        companions: &[PersonId],
        gate: &GatePlan,
        now: Time,
    ) -> Result<Party> {
        let mut members = Vec::with_capacity(1 + companions.len());
        if !companions.is_empty() {
            let known = self.store.companions(person).await?;
            if !companions.iter().all(|companion| known.contains(companion)) {
                return Err(AppError::NotNow("not_a_companion"));
            }
        }
        for person in std::iter::once(&person).chain(companions) {
            members.push(self.member(*person, gate, now).await?);
        }
        Party::try_from(members).map_err(|_| AppError::NotNow("party_too_large"))
    }

    async fn member(&self, person: PersonId, gate: &GatePlan, now: Time) -> Result<Member> {
        let known = status::member(self, person, gate.plan.zone, now).await?;
        Ok(known.ok_or(AppError::NotNow("credential_unknown"))?.member)
    }

    pub(crate) async fn scan_answer(&self, answer: Answer, plan: Arc<GatePlan>) -> Result<Scan> {
        match answer {
            Answer::Decided(decision) => {
                let answer = self.door_answer(decision, plan).await?;
                self.feed.tell(&answer);
                Ok(Scan::Decided(Box::new(answer)))
            }
            Answer::Left { visit, at, exit } => {
                let initials = self.initials_of_leavers(visit, plan.plan.zone).await?;
                self.feed
                    .tell_left(plan.plan.gate, visit, self.now(), &initials);
                Ok(Scan::Left {
                    visit,
                    at,
                    exit,
                    plan,
                    initials,
                })
            }
            Answer::IdReused => Err(AppError::NotNow("id_reused")),
            Answer::NotResolvable => Err(AppError::NotNow("decision_over")),
            Answer::NotOpen => Err(AppError::NotNow("not_inside")),
            Answer::Corrected | Answer::Swept(_) => Err(AppError::NotFound),
        }
    }

    /// Everything that the words of a decision are made of.
    pub async fn door_answer(
        &self,
        decision: Arc<Decision>,
        plan: Arc<GatePlan>,
    ) -> Result<DoorAnswer> {
        let mut initials = Vec::with_capacity(decision.party.len());
        for member in decision.party.iter() {
            let known = status::member(self, member.person, plan.plan.zone, decision.at).await?;
            initials.push(known.map_or_else(|| Arc::from(""), |known| known.initials));
        }
        let reasons = self.said_reasons(&decision, &initials).await?;
        let next_step = self.next_step(&decision, &reasons, &plan).await?;
        let word = self
            .keys
            .gate()
            .minute_word(decision.gate.0, minute_of(decision.at.0));
        let rules = rules_name(self, decision.party[0].status.rules).await?;
        Ok(DoorAnswer {
            decision,
            plan,
            initials,
            word,
            reasons,
            next_step,
            rules,
        })
    }

    async fn said_reasons(
        &self,
        decision: &Decision,
        initials: &[Arc<str>],
    ) -> Result<Vec<SaidReason>> {
        let is_party = decision.party.len() > 1;
        let mut said = Vec::with_capacity(decision.reasons.len());
        for reason in &decision.reasons {
            let (code, member) = match *reason {
                Reason::Status { member, entry } => {
                    let rules = decision.party[0].status.rules;
                    (rules_reason(self, rules, entry).await?, Some(member))
                }
                Reason::WithAdult { member } => (Arc::from(reason.code()), Some(member)),
                _ => (Arc::from(reason.code()), None),
            };
            let whose = member
                .filter(|_| is_party)
                .and_then(|at| initials.get(usize::from(at)));
            said.push(SaidReason {
                code,
                reason: *reason,
                initials: whose.map(Arc::clone),
            });
        }
        Ok(said)
    }
}

/// Refuses ids that could not be recognised when they are sent again.
pub(crate) fn check_request(request: RequestId, now: Time) -> Result<()> {
    let age_s = now.0 - request.unix_ms().div_euclid(1000);
    match age_s {
        _ if !request.is_v7() => Err(AppError::NotNow("id_not_v7")),
        REQUEST_AGE_S.. => Err(AppError::NotNow("id_too_old")),
        age_s if age_s < -REQUEST_AHEAD_S => Err(AppError::NotNow("id_from_future")),
        _ => Ok(()),
    }
}

/// A reason of 3 to 300 characters by somebody with a name or a device.
pub(crate) fn remark_of(note: &str, by: Officer) -> Result<Remark> {
    let note = crate::typed::note(note)?;
    Ok(Remark { by, note })
}

fn override_of(reason: Option<String>, by: Option<Officer>) -> Result<Option<Remark>> {
    match (reason, by) {
        (None, _) => Ok(None),
        // An override is by name, so a device alone cannot give one.
        (Some(reason), Some(by @ Officer::Account(_))) => remark_of(&reason, by).map(Some),
        (Some(_), Some(Officer::Device(_)) | None) => Err(AppError::NotAllowed),
    }
}
