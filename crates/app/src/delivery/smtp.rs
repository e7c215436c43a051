//! E-mail by SMTP; phone numbers by the hook, if there is one.

use super::{Courier, CourierError, HookCourier, OutboxCourier, Outgoing};
use crate::config::Delivery;
use crate::start::StartError;
use async_trait::async_trait;
use gapura_domain::person::Contact;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);

/// The courier that the configuration names.
///
/// # Errors
/// The setting that cannot be used.
pub fn courier(delivery: &Delivery) -> Result<Arc<dyn Courier>, StartError> {
    Ok(match delivery {
        Delivery::Outbox => Arc::new(OutboxCourier::default()),
        Delivery::Hook(hook) => Arc::new(HookCourier::new(hook)?),
        Delivery::Smtp { url, from, hook } => {
            let hook = hook.as_ref().map(HookCourier::new).transpose()?;
            Arc::new(SmtpCourier::new(url.expose_secret(), from, hook)?)
        }
    })
}

impl Delivery {
    /// Whether messages can reach this contact at all.
    pub fn reaches(&self, contact: &Contact) -> bool {
        match (self, contact) {
            (Self::Outbox | Self::Hook(_), _) | (Self::Smtp { .. }, Contact::Email(_)) => true,
            (Self::Smtp { hook, .. }, Contact::Phone(_)) => hook.is_some(),
        }
    }
}

/// Sends e-mail by one server.
pub struct SmtpCourier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    hook: Option<HookCourier>,
}

impl SmtpCourier {
    /// A courier for `smtps://user:password@host:465`, `smtp://host:587?tls=required` or
    /// `smtp://host:25`, with the sender's address.
    ///
    /// # Errors
    /// The setting that cannot be used.
    pub fn new(url: &str, from: &str, hook: Option<HookCourier>) -> Result<Self, StartError> {
        // The library's own words might quote the password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            let what = "expected smtps://user:password@host:465 or smtp://host:25";
            StartError::setting("delivery.url", what)
        })?;
        let from = from.parse().map_err(|_| {
            StartError::setting(
                "delivery.from",
                "expected an address, like gapura@example.id",
            )
        })?;
        Ok(Self {
            transport: transport.timeout(Some(TIMEOUT)).build(),
            from,
            hook,
        })
    }
}

#[async_trait]
impl Courier for SmtpCourier {
    async fn send(&self, message: &Outgoing) -> Result<(), CourierError> {
        let address = match (&message.to, &self.hook) {
            (Contact::Email(address), _) => address,
            (Contact::Phone(_), Some(hook)) => return hook.send(message).await,
            (Contact::Phone(_), None) => return Err(CourierError::NoWay),
        };
        let unsendable = CourierError::Unavailable("the message cannot be written as an e-mail");
        let to = address.parse().map_err(|_| unsendable.clone())?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|_| unsendable)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(as_courier_error(&error)),
        }
    }
}

fn as_courier_error(error: &SmtpError) -> CourierError {
    match error.status() {
        Some(code) => CourierError::Refused(code.into()),
        None if error.is_timeout() => CourierError::Unavailable("the mail server did not answer"),
        None if error.is_tls() => CourierError::Unavailable("TLS with the mail server failed"),
        None => CourierError::Unavailable("the mail server cannot be reached"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_domain::time::Time;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    /// A mail server for one message; gives back what it was told.
    async fn serve(stream: TcpStream, answer_to_recipient: &str) -> Vec<String> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.expect("written");
        let (mut told, mut line, mut in_text) = (Vec::new(), String::new(), false);
        while stream.read_line(&mut line).await.expect("read") > 0 {
            let text = line.trim_end().to_owned();
            let answer = match text.split([' ', ':']).next().unwrap_or_default() {
                "." if in_text => "250 taken",
                _ if in_text => "",
                "EHLO" => "250 test",
                "RCPT" => answer_to_recipient,
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            in_text = answer.starts_with("354") || (in_text && text != ".");
            if !answer.is_empty() {
                let answer = format!("{answer}\r\n");
                stream.write_all(answer.as_bytes()).await.expect("written");
            }
            told.push(text);
            line.clear();
        }
        told
    }

    fn message(to: &str) -> Outgoing {
        Outgoing {
            to: Contact::parse(to).expect("a contact"),
            subject: "Kode masuk".into(),
            text: "Kode Anda 123456.\n".into(),
            at: Time(0),
        }
    }

    async fn sent(answer: &'static str) -> (Result<(), CourierError>, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("its address"));
        let courier =
            SmtpCourier::new(&url, "Gapura <gapura@example.id>", None).expect("a courier");
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            serve(stream, answer).await
        });
        let outcome = courier.send(&message("siti@example.id")).await;
        drop(courier);
        (outcome, server.await.expect("the server ends"))
    }

    #[tokio::test]
    async fn a_mail_server_gets_the_message() {
        let (outcome, told) = sent("250 fine").await;
        assert_eq!(outcome, Ok(()));
        let told = told.join("\n");
        for part in [
            "RCPT TO:<siti@example.id>",
            "Subject: Kode masuk",
            "Kode Anda 123456.",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_number_alone() {
        let (outcome, _) = sent("550 no siti@example.id here").await;
        assert_eq!(outcome, Err(CourierError::Refused(550)));
    }

    #[tokio::test]
    async fn a_phone_number_without_a_hook_has_no_way() {
        let courier = SmtpCourier::new("smtp://127.0.0.1:9", "a@example.id", None);
        let courier = courier.expect("a courier");
        let outcome = courier.send(&message("081234567890")).await;
        assert_eq!(outcome, Err(CourierError::NoWay));
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named_without_its_password() {
        let error = SmtpCourier::new("ftp://u:secret@host", "a@example.id", None).err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(
            text.contains("delivery.url") && !text.contains("secret"),
            "{text}"
        );
    }
}
