//! The second factor as it is shown to be taken over: a picture to scan, and the same to type.

use gapura_app::totp::TotpSecret;

use crate::qr::{Picture, picture};

/// What the page shows of a secret.
pub(crate) struct Factor {
    /// For the camera of the authenticator app.
    pub picture: Option<Picture>,
    /// For the app on this very phone.
    pub address: String,
    /// In groups of four, for typing.
    pub typed: String,
}

impl Factor {
    /// A secret for the account with this login.
    pub(crate) fn of(secret: &TotpSecret, login: &str) -> Self {
        let address = secret.address(login).to_string();
        Self {
            picture: picture(&address),
            typed: grouped(&secret.base32()),
            address,
        }
    }
}

fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_secret_is_typed_in_groups_of_four() {
        assert_eq!(grouped("MZXW6YTBOI"), "MZXW 6YTB OI");
    }
}
