//! Everything by an HTTP hook: a gateway of the city's own takes `{"channel", "to", "subject", "text"}`.

use super::{Courier, CourierError, Outgoing};
use crate::config::Hook;
use crate::start::StartError;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

const TIMEOUT: Duration = Duration::from_secs(20);

/// Posts messages as JSON. Any answer from 200 to 299 means that the message was taken.
pub struct HookCourier {
    agent: Agent,
    url: String,
    token: Option<SecretString>,
}

impl HookCourier {
    /// A courier for a hook. For `https` the system's certificates are trusted.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(hook: &Hook) -> Result<Self, StartError> {
        let roots = if hook.url.starts_with("https://") {
            let found = rustls_native_certs::load_native_certs().certs;
            found
                .iter()
                .map(|root| Certificate::from_der(root).to_owned())
                .collect()
        } else {
            Vec::new()
        };
        Self::with_roots(hook, roots)
    }

    fn with_roots(hook: &Hook, roots: Vec<Certificate<'static>>) -> Result<Self, StartError> {
        if !hook.url.starts_with("https://") && !hook.url.starts_with("http://") {
            let what = "expected an address that begins with https:// or http://";
            return Err(StartError::setting("delivery.url", what));
        }
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .root_certs(RootCerts::from(roots))
            .build();
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .tls_config(tls)
            .build();
        Ok(Self {
            agent: agent.into(),
            url: hook.url.clone(),
            token: hook.token.clone(),
        })
    }
}

#[async_trait]
impl Courier for HookCourier {
    async fn send(&self, message: &Outgoing) -> Result<(), CourierError> {
        let body = json!({
            "channel": message.channel(),
            "to": message.to.expose(),
            "subject": message.subject,
            "text": message.text,
        });
        let mut request = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json");
        if let Some(token) = &self.token {
            let value = format!("Bearer {}", token.expose_secret());
            request = request.header("authorization", value);
        }
        let sent = tokio::task::spawn_blocking(move || request.send(body.to_string())).await;
        match sent {
            Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
            Ok(Ok(answer)) => Err(CourierError::Refused(answer.status().as_u16())),
            Ok(Err(Error::StatusCode(code))) => Err(CourierError::Refused(code)),
            Ok(Err(Error::Timeout(_))) => Err(CourierError::Unavailable("the hook did not answer")),
            Ok(Err(Error::Tls(_) | Error::Rustls(_))) => {
                Err(CourierError::Unavailable("TLS with the hook failed"))
            }
            Ok(Err(_)) | Err(_) => Err(CourierError::Unavailable("the hook cannot be reached")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_domain::person::Contact;
    use gapura_domain::time::Time;
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    fn message() -> Outgoing {
        Outgoing {
            to: Contact::parse("0812-3456-7890").expect("a contact"),
            subject: "Kode masuk".into(),
            text: "Kode Anda 123456.".into(),
            at: Time(0),
        }
    }

    fn hook(url: String) -> Hook {
        Hook {
            url,
            token: Some("s3cret".to_owned().into()),
        }
    }

    /// Reads one request whole and answers it.
    fn answer(mut stream: impl Read + Write, status: &str) -> String {
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"}") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
            request.push(byte[0]);
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).expect("written");
        stream.flush().expect("written");
        String::from_utf8(request).expect("UTF-8")
    }

    fn listen() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        (listener, port)
    }

    fn serve(status: &'static str) -> (String, JoinHandle<String>) {
        let (listener, port) = listen();
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a connection");
            answer(stream, status)
        });
        (format!("http://127.0.0.1:{port}/send"), server)
    }

    #[tokio::test]
    async fn a_hook_gets_the_message_as_json_with_its_token() {
        let (url, server) = serve("204 No Content");
        let courier = HookCourier::new(&hook(url)).expect("a courier");
        assert_eq!(courier.send(&message()).await, Ok(()));
        let request = server.join().expect("the server ends");
        assert!(request.starts_with("POST /send HTTP/1.1"), "{request}");
        assert!(
            request.contains("authorization: Bearer s3cret"),
            "{request}"
        );
        let (_, body) = request.split_once("\r\n\r\n").expect("a body");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(
            body,
            json!({"channel": "sms", "to": "+6281234567890", "subject": "Kode masuk", "text": "Kode Anda 123456."})
        );
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_number() {
        let (url, server) = serve("503 Later");
        let courier = HookCourier::new(&hook(url)).expect("a courier");
        let refused = Err(CourierError::Refused(503));
        assert_eq!(courier.send(&message()).await, refused);
        server.join().expect("the server ends");
    }

    #[tokio::test]
    async fn a_hook_behind_tls_is_reached_and_a_stranger_is_not_trusted() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
        let certificate = made.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .expect("a certificate");
        let server = Arc::new(server);
        let (listener, port) = listen();
        let thread = std::thread::spawn(move || {
            let tls = || rustls::ServerConnection::new(Arc::clone(&server)).expect("a session");
            let (stream, _) = listener.accept().expect("a connection");
            let request = answer(rustls::StreamOwned::new(tls(), stream), "200 OK");
            let (mut stranger, _) = listener.accept().expect("a connection");
            let _ = tls().complete_io(&mut stranger);
            request
        });
        let hook = hook(format!("https://localhost:{port}/send"));
        let root = Certificate::from_der(&certificate).to_owned();
        let trusting = HookCourier::with_roots(&hook, vec![root]).expect("a courier");
        assert_eq!(trusting.send(&message()).await, Ok(()));
        let doubting = HookCourier::with_roots(&hook, Vec::new()).expect("a courier");
        assert!(matches!(
            doubting.send(&message()).await,
            Err(CourierError::Unavailable(_))
        ));
        let request = thread.join().expect("the server ends");
        assert!(request.starts_with("POST /send"), "{request}");
    }
}
