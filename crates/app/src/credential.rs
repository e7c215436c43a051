//! Who stands at the door, by what was scanned.
//!
//! A signature is checked once and remembered for as long as the code is valid. Whether a pass or
//! card was revoked is asked at every scan.

use crate::error::Result;
use crate::{App, AppError, status};
use gapura_domain::ids::{CardId, PersonId};
use gapura_domain::time::{Time, Zone};
use gapura_pass::{GateCode, Scanned, ScreenCode, Verified, VerifyError};

/// What a scan at a gate turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A pass or card of this person.
    Person(PersonId),
    /// A gate's own code: somebody points the device at a poster.
    Gate(GateCode, Option<ScreenCode>),
}

impl App {
    /// Reads and proves what a device scanned.
    ///
    /// # Errors
    /// `NotNow` with a code that says what is the matter: `code_unreadable`, `code_forged`,
    /// `pass_expired`, `pass_revoked`, `card_revoked`, `clock_differs`, `certificate_unknown`. None
    /// of them is a refusal at the door.
    pub async fn read_credential(&self, text: &str, zone: Zone, now: Time) -> Result<Shown> {
        let verified = match gapura_pass::scan(text) {
            Ok(Scanned::Pass(pass)) => self.verified.verify(&self.verifier, &pass, now.0),
            Ok(Scanned::Card(card)) => {
                let card = self.verified.verify(&self.verifier, &card, now.0);
                return self.card_holder(card.map_err(refusal)?).await;
            }
            Ok(Scanned::Gate(code, screen)) => return Ok(Shown::Gate(code, screen)),
            Ok(Scanned::Certificate(_)) => return Err(AppError::NotNow("certificate_unknown")),
            Err(_) => return Err(AppError::NotNow("code_unreadable")),
        };
        let pass = verified.map_err(refusal)?;
        let person = PersonId(pass.person());
        match status::member(self, person, zone, now)
            .await?
            .map(|known| known.pass_epoch)
        {
            Some(epoch) if u64::from(epoch) <= pass.serial() => Ok(Shown::Person(person)),
            Some(_) => Err(AppError::NotNow("pass_revoked")),
            None => Err(AppError::NotNow("credential_unknown")),
        }
    }

    /// The number of a valid card, by its code; whose it is stays closed.
    ///
    /// # Errors
    /// As [`App::read_credential`]; `code_unreadable` for what is no card.
    pub(crate) async fn read_card(&self, text: &str, now: Time) -> Result<CardId> {
        let Ok(Scanned::Card(card)) = gapura_pass::scan(text) else {
            return Err(AppError::NotNow("code_unreadable"));
        };
        let card = self.verified.verify(&self.verifier, &card, now.0);
        let card = card.map_err(refusal)?;
        let number = CardId(card.serial());
        self.card_holder(card).await?;
        Ok(number)
    }

    async fn card_holder(&self, card: Verified) -> Result<Shown> {
        match self.store.card(CardId(card.serial())).await? {
            Some(known) if known.person.0 != card.person() => Err(AppError::NotNow("code_forged")),
            Some(known) if known.revoked_at.is_some() => Err(AppError::NotNow("card_revoked")),
            Some(known) => Ok(Shown::Person(known.person)),
            None => Err(AppError::NotNow("credential_unknown")),
        }
    }
}

fn refusal(error: VerifyError) -> AppError {
    AppError::NotNow(match error {
        VerifyError::Expired => "pass_expired",
        VerifyError::NotYetValid => "clock_differs",
        _ => "code_forged",
    })
}
