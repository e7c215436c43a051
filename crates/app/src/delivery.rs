//! Messages on their way to people: put into the store sealed, sent from there with patience.
//!
//! A use case puts a [`MessageText`], which says what and not in which words; the words come from the
//! page's catalogue by the [`Renderer`] at the moment of sending. A message that is not taken is tried
//! again after 20 seconds, 1, 3, 10 and 30 minutes, and dropped when what it says is over. Neither
//! recipient nor text is ever logged.

mod hook;
mod outbox;
mod smtp;

use crate::App;
use crate::error::Result;
use crate::vault::{Purpose, Subject};
use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use gapura_domain::person::Contact;
use gapura_domain::time::Time;
use gapura_store::people::Message;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

pub use hook::HookCourier;
pub use outbox::{Kept, OutboxCourier};
pub use smtp::{SmtpCourier, courier};

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Indonesian.
    Indonesian,
    /// English.
    English,
}

/// What a message says.
#[derive(Clone, PartialEq, Eq)]
pub enum MessageText {
    /// The one-time code by which a visitor signs in or registers.
    VisitorCode(String),
    /// The one-time code that proves the address of somebody who signs an organisation up.
    SignUpCode(String),
    /// The address at which a new colleague sets password and second factor.
    StaffSetUp(String),
}

/// A message in words.
pub struct Rendered {
    /// One line, for channels that have one.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Puts messages into words.
pub trait Renderer: Send + Sync {
    /// The words of a message.
    fn render(&self, text: &MessageText, language: Language) -> Rendered;
}

/// A message as a courier gets it. Has no `Debug`, because it holds an address.
pub struct Outgoing {
    /// To whom.
    pub to: Contact,
    /// One line, for channels that have one.
    pub subject: String,
    /// The text.
    pub text: String,
    /// When it was put.
    pub at: Time,
}

impl Outgoing {
    /// `sms` or `email`.
    pub fn channel(&self) -> &'static str {
        channel(&self.to)
    }
}

fn channel(to: &Contact) -> &'static str {
    match to {
        Contact::Phone(_) => "sms",
        Contact::Email(_) => "email",
    }
}

/// Why a courier did not take a message. Holds no text of the other side, which likes to quote the
/// recipient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// Nothing is configured for this channel.
    #[error("no way is configured for this channel")]
    NoWay,
    /// It answered with this status.
    #[error("it answered {0}")]
    Refused(u16),
    /// It could not be reached or did not understand.
    #[error("{0}")]
    Unavailable(&'static str),
}

/// Takes messages to people.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Sends a message; when this returns, somebody else is responsible for it.
    async fn send(&self, message: &Outgoing) -> std::result::Result<(), CourierError>;
}

/// Seconds after which the next attempt is made, counted from when the message was put.
const ATTEMPTS_AT_S: [i64; 6] = [0, 20, 80, 260, 860, 2_660];
const AT_ONCE: usize = 8;
const WAITING_MAX: u32 = 1_000;
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Puts a message; it is of no use after `until`.
pub(crate) async fn put(
    app: &App,
    to: &Contact,
    text: &MessageText,
    language: Language,
    until: Time,
) -> Result<()> {
    let (kind, param) = text.parts();
    let letter = (to.expose(), kind, param, language.tag(), until.0);
    // Short texts always fit into memory, the only thing that writing to it can lack.
    let plain = zeroize::Zeroizing::new(postcard::to_stdvec(&letter).unwrap_or_default());
    let sealed = app.keys.seal(Subject::Message, &plain, app.random());
    let at = app.now();
    app.store.put_message(channel(to), &sealed, at).await?;
    app.mail.notify_one();
    Ok(())
}

struct Letter {
    outgoing: Outgoing,
    until: Time,
}

fn open(app: &App, renderer: &dyn Renderer, message: &Message) -> Option<Letter> {
    let plain = app.keys.open(Subject::Message, &message.sealed).ok()?;
    let (to, kind, param, language, until): (&str, u8, &str, &str, i64) =
        postcard::from_bytes(&plain).ok()?;
    let text = MessageText::from_parts(kind, param)?;
    let Rendered { subject, text } = renderer.render(&text, Language::from_tag(language));
    app.openings.count(Purpose::SendMessage, 1);
    let outgoing = Outgoing {
        to: Contact::parse(to).ok()?,
        subject,
        text,
        at: message.at,
    };
    Some(Letter {
        outgoing,
        until: Time(until),
    })
}

/// What one round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Messages handed over.
    pub delivered: u32,
    /// Messages that will be tried again.
    pub failed: u32,
    /// Messages given up: too late, tried too often, or not to be opened.
    pub dropped: u32,
    /// Messages whose time has not come.
    pub waiting: u32,
}

/// Sends what waits and whose time has come.
pub async fn deliver_waiting(
    app: &App,
    courier: &dyn Courier,
    renderer: &dyn Renderer,
) -> Result<Round> {
    // One attempt more than there are, so that what was tried too often is seen and removed.
    let attempts_max = u32::try_from(ATTEMPTS_AT_S.len()).unwrap_or(u32::MAX) + 1;
    let waiting = app
        .store
        .waiting_messages(attempts_max, WAITING_MAX)
        .await?;
    // Made here rather than within the stream, so that whoever spawns this may move it to another thread.
    let sends: Vec<_> = waiting
        .iter()
        .map(|message| deliver(app, courier, renderer, message))
        .collect();
    let outcomes: Vec<Result<Round>> = stream::iter(sends)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().try_fold(Round::default(), |sum, one| {
        let one = one?;
        Ok(Round {
            delivered: sum.delivered + one.delivered,
            failed: sum.failed + one.failed,
            dropped: sum.dropped + one.dropped,
            waiting: sum.waiting + one.waiting,
        })
    })
}

async fn deliver(
    app: &App,
    courier: &dyn Courier,
    renderer: &dyn Renderer,
    message: &Message,
) -> Result<Round> {
    let now = app.now();
    let round = Round::default();
    let attempt = usize::try_from(message.attempts).unwrap_or(usize::MAX);
    let due = ATTEMPTS_AT_S
        .get(attempt)
        .map(|after_s| message.at.plus_s(*after_s));
    if due.is_some_and(|due| now < due) {
        return Ok(Round {
            waiting: 1,
            ..round
        });
    }
    let letter = open(app, renderer, message).filter(|letter| now < letter.until);
    let (Some(_), Some(letter)) = (due, letter) else {
        tracing::warn!(
            message = message.id.0,
            channel = message.channel,
            "a message was given up"
        );
        app.store.message_delivered(message.id).await?;
        return Ok(Round {
            dropped: 1,
            ..round
        });
    };
    match courier.send(&letter.outgoing).await {
        Ok(()) => {
            app.store.message_delivered(message.id).await?;
            Ok(Round {
                delivered: 1,
                ..round
            })
        }
        Err(error) => {
            let (id, channel) = (message.id.0, &message.channel);
            tracing::warn!(message = id, channel, %error, attempt, "a message was not taken");
            app.store.message_failed(message.id).await?;
            Ok(Round { failed: 1, ..round })
        }
    }
}

/// Sends whatever is put, until `stop` ends. What is under way then is still finished.
pub async fn deliver_until(
    app: Arc<App>,
    courier: Arc<dyn Courier>,
    renderer: Arc<dyn Renderer>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    loop {
        if let Err(error) = deliver_waiting(&app, &*courier, &*renderer).await {
            tracing::error!(%error, "messages could not be sent");
        }
        tokio::select! {
            () = &mut stop => return,
            () = app.mail.notified() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

impl MessageText {
    fn parts(&self) -> (u8, &str) {
        match self {
            Self::VisitorCode(code) => (1, code),
            Self::SignUpCode(code) => (2, code),
            Self::StaffSetUp(address) => (3, address),
        }
    }

    fn from_parts(kind: u8, param: &str) -> Option<Self> {
        let param = param.to_owned();
        match kind {
            1 => Some(Self::VisitorCode(param)),
            2 => Some(Self::SignUpCode(param)),
            3 => Some(Self::StaffSetUp(param)),
            _ => None,
        }
    }
}

impl Language {
    fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    fn from_tag(tag: &str) -> Self {
        if tag == "en" {
            Self::English
        } else {
            Self::Indonesian
        }
    }
}
