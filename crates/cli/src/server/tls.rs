//! TLS where it ends here: a certificate and key from files, or a self-signed pair for a demo in one's own network.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, UdpSocket};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gapura_app::config::Tls;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::report::{Outcome, Stop};

/// A client that takes longer to agree has gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Agrees on TLS with those who connect.
#[derive(Clone)]
pub(super) struct Acceptor(TlsAcceptor);

impl Acceptor {
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        timeout(PATIENCE, self.0.accept(stream)).await?
    }
}

/// Reads certificate and key.
pub(super) fn acceptor(files: &Tls) -> Outcome<Acceptor> {
    let unreadable = |path: &Path| {
        let place = path.display().to_string();
        move |error: tokio_rustls::rustls::pki_types::pem::Error| {
            let mend = "`tls.certificate` is a chain in PEM, `tls.key` its private key in PEM.";
            Stop::broken(error, mend).at(place)
        }
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable(&files.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unreadable(&files.key))?;
    let unusable = |error| {
        let mend = "See that the key belongs to the first certificate of the chain.";
        Stop::broken(error, mend).at(files.certificate.display())
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
}

/// The certificate for this machine's names in a folder, made if there is none, so that a phone has to trust it once.
pub(crate) fn self_signed(folder: &Path, address: Option<IpAddr>) -> Outcome<Tls> {
    let files = Tls {
        certificate: folder.join("demo-certificate.pem"),
        key: folder.join("demo-key.pem"),
    };
    if files.certificate.is_file() && files.key.is_file() {
        return Ok(files);
    }
    let names: Vec<String> = ["localhost".to_owned(), "127.0.0.1".to_owned()]
        .into_iter()
        .chain(address.map(|address| address.to_string()))
        .collect();
    let broken = |error: &dyn std::fmt::Display| {
        Stop::broken(error, "See that the folder may be written.").at(folder.display())
    };
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| broken(&error))?;
    fs::create_dir_all(folder).map_err(|error| broken(&error))?;
    fs::write(&files.certificate, made.cert.pem()).map_err(|error| broken(&error))?;
    write_private(&files.key, &made.signing_key.serialize_pem()).map_err(|error| broken(&error))?;
    Ok(files)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// This machine's address in the network that leads outwards. Nothing is sent to find it out.
pub(crate) fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address that is set aside for documents (RFC 5737); the system only looks up the way.
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}
