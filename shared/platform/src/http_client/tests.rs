use std::io::{Read, Write};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Redirect;
use axum::routing::get;
use rustls::pki_types::PrivateKeyDer;

use super::*;

const LIMITS: TryLimits = TryLimits { deadline: Duration::from_secs(5), max_bytes: 1000 };

async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let routes = Router::new()
        .route("/from", get(|| async { Redirect::temporary("/to") }))
        .route("/to", get(|| async { "followed" }));
    let base = serve(routes).await;
    let client = HttpClient::new().unwrap();

    let answer = client.fetch(client.get(format!("{base}/from")), LIMITS).await.unwrap();

    assert_eq!(answer.status, 307);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_refused_beyond_it() {
    let drip = || async {
        let chunks = (0..11).map(|_| Ok::<_, std::io::Error>("x".repeat(100)));
        Body::from_stream(futures::stream::iter(chunks))
    };
    let routes = Router::new()
        .route("/fits", get(|| async { "x".repeat(1000) }))
        .route("/declared", get(|| async { "x".repeat(1001) }))
        .route("/chunked", get(drip));
    let base = serve(routes).await;
    let client = HttpClient::new().unwrap();
    let fetch = async |path: &str| {
        let request = client.get(format!("{base}{path}"));
        client.fetch(request, LIMITS).await.map(|a| a.body.len())
    };

    assert_eq!(fetch("/fits").await, Ok(1000));
    let refused = Err(HttpProblem::TooLarge { limit: 1000 });
    assert_eq!(fetch("/declared").await, refused);
    assert_eq!(fetch("/chunked").await, refused);
}

#[tokio::test]
async fn a_compressed_body_counts_with_its_real_size() {
    let bomb = || async {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&vec![0; 1_000_000]).unwrap();
        ([("content-encoding", "gzip")], encoder.finish().unwrap())
    };
    let base = serve(Router::new().route("/bomb", get(bomb))).await;
    let client = HttpClient::new().unwrap();
    let limits = TryLimits { max_bytes: 20_000, ..LIMITS };

    let refused = client.fetch(client.get(format!("{base}/bomb")), limits).await;

    assert_eq!(refused.err(), Some(HttpProblem::TooLarge { limit: 20_000 }));
}

#[tokio::test]
async fn one_deadline_holds_for_head_and_body() {
    let silent = || async {
        let never = futures::stream::pending::<Result<String, std::io::Error>>();
        Body::from_stream(never)
    };
    let base = serve(Router::new().route("/silent", get(silent))).await;
    let client = HttpClient::new().unwrap();
    let limits = TryLimits { deadline: Duration::from_millis(100), ..LIMITS };

    let late = client.fetch(client.get(format!("{base}/silent")), limits).await;

    assert_eq!(late.err(), Some(HttpProblem::Timeout));
}

#[test]
fn aws_lc_is_the_provider_of_tls_and_of_token_signatures() {
    install_crypto();
    install_crypto();
    let provider = rustls::crypto::CryptoProvider::get_default().unwrap();
    assert!(format!("{:?}", provider.secure_random).contains("AwsLc"));
    // A second provider in the build would make this fail instead of being chosen by chance.
    let key = jsonwebtoken::DecodingKey::from_secret(b"key");
    let verdict =
        jsonwebtoken::crypto::verify("AAAA", b"m", &key, jsonwebtoken::Algorithm::HS256).unwrap();
    assert!(!verdict);
}

/// Names of the variables through which the two processes of the next test talk.
const CHILD_URL: &str = "HTTP_CLIENT_TEST_URL";

#[tokio::test]
async fn roots_come_from_ssl_cert_file_and_proxy_variables_are_ignored() {
    if let Some(url) = crate::config::Vars::of_process().get(CHILD_URL) {
        let client = HttpClient::new().unwrap();
        let answer = client.fetch(client.get(url), LIMITS).await.unwrap();
        assert_eq!(answer.body, "trusted");
        return;
    }
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let roots = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(roots.path(), certified.cert.pem()).unwrap();
    let url = tls_server(&certified);

    let refused = HttpClient::new().unwrap();
    let untrusted = refused.fetch(refused.get(&url), LIMITS).await;
    assert_eq!(untrusted.err(), Some(HttpProblem::Connect));

    // Variables are read once per process, so the trusting half runs in one of its own.
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "http_client::tests::roots_come_from_ssl_cert_file_and_proxy_variables_are_ignored",
        ])
        .env("SSL_CERT_FILE", roots.path())
        .env(CHILD_URL, &url)
        .envs(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .output()
        .await
        .unwrap();
    assert!(
        child.status.success() && String::from_utf8_lossy(&child.stdout).contains("1 passed"),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
}

/// A TLS server on a thread that answers two connections with "trusted".
fn tls_server(certified: &rcgen::CertifiedKey<rcgen::KeyPair>) -> String {
    install_crypto();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().take(2) {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, socket.unwrap());
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\ntrusted");
                let _ = stream.flush();
            }
        }
    });
    format!("https://localhost:{port}/")
}

#[test]
fn row_81_only_global_unicast_addresses_are_public() {
    for public in ["8.8.8.8", "160.79.104.10", "100.128.0.1", "172.32.0.1", "2606:4700::1111"] {
        assert!(public_addresses::is_public(public.parse().unwrap()), "{public}");
    }
    for special in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!public_addresses::is_public(special.parse().unwrap()), "{special}");
    }
}

#[tokio::test]
async fn row_81_a_name_that_leads_to_this_machine_is_not_connected_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = HttpClient::to_public_hosts().unwrap();

    for scheme in ["http", "https"] {
        let request = client.get(format!("{scheme}://localhost:{port}/"));
        assert_eq!(client.fetch(request, LIMITS).await.err(), Some(HttpProblem::Connect));
    }

    let asked = futures::poll!(Box::pin(listener.accept()));
    assert!(asked.is_pending(), "nothing was connected to");
}
