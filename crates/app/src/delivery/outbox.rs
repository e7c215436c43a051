//! The demo's courier: keeps what it would have sent, for a page that shows it.

use super::{Courier, CourierError, Outgoing};
use async_trait::async_trait;
use gapura_domain::time::Time;
use parking_lot::Mutex;
use std::collections::VecDeque;

const KEPT_MAX: usize = 500;

/// A message that was kept. Has no `Debug`, because it holds an address.
#[derive(Clone)]
pub struct Kept {
    /// When it was put.
    pub at: Time,
    /// `sms` or `email`.
    pub channel: &'static str,
    /// To whom.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Keeps the last 500 messages in memory.
#[derive(Default)]
pub struct OutboxCourier(Mutex<VecDeque<Kept>>);

impl OutboxCourier {
    /// What was kept, newest first.
    pub fn kept(&self) -> Vec<Kept> {
        self.0.lock().iter().rev().cloned().collect()
    }
}

#[async_trait]
impl Courier for OutboxCourier {
    async fn send(&self, message: &Outgoing) -> Result<(), CourierError> {
        let mut kept = self.0.lock();
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept {
            at: message.at,
            channel: message.channel(),
            to: message.to.expose().to_owned(),
            subject: message.subject.clone(),
            text: message.text.clone(),
        });
        Ok(())
    }
}
