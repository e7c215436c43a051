//! The chain of the audit log: why a mark cannot be changed or removed unseen.
//!
//! The hash of a mark is SHA-256 over these bytes, one after another:
//!
//! | What | Bytes |
//! | --- | --- |
//! | the text `gapura-audit-1` | 14 |
//! | hash of the mark before; zeros for the first | 32 |
//! | number | 8, big-endian |
//! | seconds since the Unix epoch | 8, big-endian, two's complement |
//! | actor: 0 system, 1 account, 2 device, 3 person | 1 |
//! | number of the actor; 0 for the system | 8, big-endian |
//! | action, kind of the subject | each 8 of length, big-endian, then UTF-8 |
//! | number of the subject | 8, big-endian |
//! | purpose | 8 of length, big-endian, then UTF-8 |
//!
//! Every text carries its length, so two different marks never give the same bytes. Whoever alters
//! a mark must alter all after it and the head; a head that was written down elsewhere (the
//! operator's log has it) then tells.

use crate::{Actor, AuditMark};
use aws_lc_rs::digest::{Context, SHA256};

/// The last link: number and hash of the newest mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the newest mark; 0 in an empty log.
    pub number: u64,
    /// Its hash; zeros in an empty log.
    pub hash: [u8; 32],
}

/// Where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A mark is missing, or stands twice.
    #[error("mark {expected} of the audit log is missing")]
    Missing {
        /// The number that should come here.
        expected: u64,
    },
    /// A mark or the one before it was altered.
    #[error("mark {number} of the audit log, or the one before it, was altered")]
    Altered {
        /// The first mark whose hash does not fit.
        number: u64,
    },
    /// The marks end before or elsewhere than the head says.
    #[error("the audit log ends at mark {found}, and should end at mark {expected}")]
    Cut {
        /// The last mark there is.
        found: u64,
        /// The last mark there should be.
        expected: u64,
    },
}

/// The hash of a mark behind another. The mark's own `hash` is not looked at.
pub fn hash(previous: &[u8; 32], mark: &AuditMark) -> [u8; 32] {
    let (kind, actor) = actor_number(mark.actor);
    let (subject_kind, subject) = &mark.subject;
    let mut context = Context::new(&SHA256);
    let text = |context: &mut Context, text: &str| {
        context.update(&(text.len() as u64).to_be_bytes());
        context.update(text.as_bytes());
    };
    context.update(b"gapura-audit-1");
    context.update(previous);
    context.update(&mark.number.to_be_bytes());
    context.update(&mark.at.0.to_be_bytes());
    context.update(&[kind]);
    context.update(&actor.to_be_bytes());
    text(&mut context, &mark.action);
    text(&mut context, subject_kind);
    context.update(&subject.to_be_bytes());
    text(&mut context, &mark.purpose);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The kind of an actor as a number, and its own number, as stored and hashed.
pub fn actor_number(actor: Actor) -> (u8, u64) {
    match actor {
        Actor::System => (0, 0),
        Actor::Account(id) => (1, id.0),
        Actor::Device(id) => (2, id.0),
        Actor::Person(id) => (3, id.0),
    }
}

/// The actor behind a kind and a number.
pub fn actor_from(kind: u8, number: u64) -> Option<Actor> {
    use gapura_domain::ids::{AccountId, DeviceId, PersonId};
    match kind {
        0 => Some(Actor::System),
        1 => Some(Actor::Account(AccountId(number))),
        2 => Some(Actor::Device(DeviceId(number))),
        3 => Some(Actor::Person(PersonId(number))),
        _ => None,
    }
}

/// Follows a part of the log from a head that is known to be good, and gives the head behind it.
///
/// # Errors
/// The first mark that does not follow.
pub fn follow<'a>(
    from: Head,
    marks: impl IntoIterator<Item = &'a AuditMark>,
) -> Result<Head, Broken> {
    marks.into_iter().try_fold(from, |head, mark| {
        let expected = head.number + 1;
        if mark.number != expected {
            return Err(Broken::Missing { expected });
        }
        if mark.hash != hash(&head.hash, mark) {
            return Err(Broken::Altered { number: expected });
        }
        Ok(Head {
            number: mark.number,
            hash: mark.hash,
        })
    })
}

/// Compares the end of the marks with the head that was written with the last of them.
///
/// # Errors
/// They differ.
pub fn end(found: Head, written: Head) -> Result<(), Broken> {
    if found.number != written.number {
        return Err(Broken::Cut {
            found: found.number,
            expected: written.number,
        });
    }
    if found.hash != written.hash {
        return Err(Broken::Altered {
            number: found.number,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_domain::ids::AccountId;
    use gapura_domain::time::Time;

    fn log(length: u64) -> Vec<AuditMark> {
        let mut head = Head::default();
        (1..=length)
            .map(|number| {
                let mut mark = AuditMark {
                    number,
                    at: Time(1_700_000_000),
                    actor: Actor::Account(AccountId(7)),
                    action: "name_opened".to_owned(),
                    subject: ("person".to_owned(), 17),
                    purpose: "desk".to_owned(),
                    hash: [0; 32],
                };
                mark.hash = hash(&head.hash, &mark);
                head = follow(head, [&mark]).unwrap();
                mark
            })
            .collect()
    }

    #[test]
    fn a_log_as_it_was_written_holds() {
        let log = log(5);
        let head = follow(Head::default(), &log).unwrap();
        assert_eq!((head.number, head.hash), (5, log[4].hash));
        assert_eq!(end(head, head), Ok(()));
    }

    #[test]
    fn an_altered_a_removed_and_a_cut_mark_are_found() {
        let head = follow(Head::default(), &log(5)).unwrap();
        let mut altered = log(5);
        altered[2].purpose = "none".to_owned();
        assert_eq!(
            follow(Head::default(), &altered),
            Err(Broken::Altered { number: 3 })
        );
        let mut removed = log(5);
        removed.remove(1);
        assert_eq!(
            follow(Head::default(), &removed),
            Err(Broken::Missing { expected: 2 })
        );
        let cut = follow(Head::default(), &log(4)).unwrap();
        let expected = Broken::Cut {
            found: 4,
            expected: 5,
        };
        assert_eq!(end(cut, head), Err(expected));
    }

    #[test]
    fn text_moved_from_one_field_to_the_next_gives_another_hash() {
        let mut mark = log(1).remove(0);
        let first = hash(&[0; 32], &mark);
        mark.action = "name_opened_".to_owned();
        mark.subject.0 = "erson".to_owned();
        assert_ne!(hash(&[0; 32], &mark), first);
    }
}
