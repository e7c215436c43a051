//! Sending applications back with what to mend, singly or together.

use crate::error::{Fault, Result};
use crate::staff::Principal;
use crate::{App, AppError};
use gapura_domain::ids::ApplicationId;
use gapura_domain::person::is_plain;
use gapura_domain::role::Role;
use gapura_store::Actor;

const REASONS_CHARACTERS_MAX: usize = 1000;

impl App {
    /// Returns an application to its owner.
    ///
    /// # Errors
    /// A fault at `reasons`, `NotFound`, `NotAllowed`, and `NotNow("application_not_submitted")`.
    pub async fn return_application(
        &self,
        by: &Principal,
        id: ApplicationId,
        reasons: &str,
    ) -> Result<()> {
        let reasons = read_reasons(reasons)?;
        let application = self
            .store
            .application(id)
            .await?
            .ok_or(AppError::NotFound)?;
        self.require(by, &[Role::Authority], application.organisation)
            .await?;
        let now = self.now();
        if !self
            .store
            .return_application(id, &reasons, by.account, now)
            .await?
        {
            return Err(AppError::NotNow("application_not_submitted"));
        }
        let actor = Actor::Account(by.account);
        self.mark(actor, "application_returned", ("application", id.0), "")
            .await
    }

    /// Returns several applications for the same reasons; each stands for itself.
    ///
    /// # Errors
    /// A fault at `reasons`.
    pub async fn return_many(
        &self,
        by: &Principal,
        ids: &[ApplicationId],
        reasons: &str,
    ) -> Result<Vec<(ApplicationId, Result<()>)>> {
        read_reasons(reasons)?;
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            outcomes.push((*id, self.return_application(by, *id, reasons).await));
        }
        Ok(outcomes)
    }
}

/// What to mend, in words: 3 to 1000 characters, on several lines if need be.
fn read_reasons(text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let count = text.chars().count();
    let code = match count {
        0 => "missing",
        1..3 => "too_short",
        3..=REASONS_CHARACTERS_MAX if text.chars().all(|c| c == '\n' || is_plain(c)) => {
            return Ok(text.to_owned());
        }
        3..=REASONS_CHARACTERS_MAX => "characters",
        _ => "too_long",
    };
    let fault = Fault::new("reasons", code).with("most", REASONS_CHARACTERS_MAX);
    Err(AppError::Faults(vec![fault]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_on_lines() {
        assert_eq!(
            read_reasons(" Luas ruang belum benar.\r\nMohon diukur lagi. ")
                .unwrap()
                .lines()
                .count(),
            2
        );
        for bad in ["", "x", "a\u{202E}bc", &"a".repeat(1001)] {
            assert!(read_reasons(bad).is_err());
        }
    }
}
