//! The AWS stand-in's TLS: certificates as AWS has them (RSA with 2048 bits, a root, an authority below it, a server), and
//! a port that ends TLS and hands on what is in it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    RsaKeySize,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::{Failure, process::Mark};

/// An HTTPS address in front of an HTTP one.
pub struct Tls {
    /// The URL for clients.
    pub url: String,
    /// The root that they have to believe, in PEM.
    pub root: String,
    /// When the first connection came.
    pub connected: Mark,
}

impl Tls {
    /// Listens until the process ends.
    pub async fn start(behind: SocketAddr) -> Result<Self, Failure> {
        let root = CertifiedIssuer::self_signed(authority("Bench Root CA 1"), key()?)?;
        let between = CertifiedIssuer::signed_by(authority("Bench RSA 2048 M01"), key()?, &root)?;
        let server_key = key()?;
        let server = CertificateParams::new(["localhost".to_owned()])?.signed_by(&server_key, &between)?;
        let chain: Vec<CertificateDer<'static>> = vec![server.der().clone(), between.der().clone()];
        let private = PrivateKeyDer::try_from(server_key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        let connected = Mark::default();
        let marking = connected.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                marking.set();
                let acceptor = acceptor.clone();
                // A client that hangs up is done.
                tokio::spawn(async move {
                    stream.set_nodelay(true)?;
                    let mut outside = acceptor.accept(stream).await?;
                    let mut inside = TcpStream::connect(behind).await?;
                    inside.set_nodelay(true)?;
                    copy_bidirectional(&mut outside, &mut inside).await
                });
            }
        });
        let root = root.pem();
        Ok(Self { url, root, connected })
    }
}

fn key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
}

fn authority(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}
