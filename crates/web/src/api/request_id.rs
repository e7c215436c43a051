//! The id that a client chooses for a request.

use gapura_domain::ids::RequestId;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A UUID as text, with or without hyphens. That it is version 7 is the use case's to say.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientId(pub(super) RequestId);

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = ClientId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID, version 7, as 32 hexadecimal digits with hyphens")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<ClientId, E> {
                uuid::Uuid::try_parse(text)
                    .map(|id| ClientId(RequestId(id.into_bytes())))
                    .map_err(|_| E::invalid_value(Unexpected::Other("this text"), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// An id for a form, by which a form that is sent twice is recognised.
pub(crate) fn new_request(app: &gapura_app::App, now: gapura_domain::time::Time) -> String {
    let milliseconds = u64::try_from(now.0).unwrap_or(0) * 1000;
    let random = app.random::<10>();
    let builder = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random);
    builder.into_uuid().hyphenated().to_string()
}
