//! HTTPS.

use crate::support::{Mock, command};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// What curl gets, trusting only that authority: version of HTTP and status.
fn curl(authority: &str, url: &str) -> Result<String, String> {
    let arguments =
        ["-sS", "--noproxy", "*", "--cacert", authority, "-o", "/dev/null", "-w", "%{http_version} %{http_code}"];
    let output = Command::new("curl").args(arguments).arg(url).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[tokio::test]
async fn the_printed_authority_is_all_that_clients_need() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--tls", "--data-dir", folder.path().to_str().unwrap()];
    let mock = Mock::start(&arguments);
    let port = mock.in_banner("Listening on").rsplit_once(':').unwrap().1.to_owned();
    assert_eq!(mock.url, format!("https://127.0.0.1:{port}"));
    let authority = mock.in_banner("Trust");
    for host in ["127.0.0.1", "localhost", "demo.localhost", "other.localhost"] {
        let answer = curl(&authority, &format!("https://{host}:{port}/_mock/ready")).unwrap();
        assert!(answer.ends_with(" 200"), "{answer}");
    }
    assert!(curl("/etc/hostname", &format!("{}/_mock/ready", mock.url)).is_err());
    let key = Path::new(&authority).with_file_name("ca-key.pem");
    assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);

    let line = mock.banner.lines().find(|line| line.trim().starts_with("curl ")).unwrap();
    let pasted = Command::new("sh").args(["-c", &format!("{line} -sSf")]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&pasted.stdout).unwrap();
    let link = found["self"].as_str().unwrap();
    assert!(link.starts_with(&mock.url), "{link}");
    mock.stop();

    // Trusted once, trusted after a restart.
    let again = Mock::start(&arguments);
    assert!(curl(&authority, &format!("{}/_mock/ready", again.url)).is_ok());
}

#[tokio::test]
async fn a_given_certificate_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let mock = Mock::start(&["--ephemeral", "--tls-cert", certificate, "--tls-key", key]);
    let url = mock.url.replace("127.0.0.1", "localhost");
    assert!(curl(certificate, &format!("{url}/_mock/ready")).unwrap().ends_with(" 200"));

    let refused =
        command(&["--listen", "127.0.0.1:0", "--ephemeral", "--tls-cert", certificate, "--tls-key", certificate])
            .output()
            .unwrap();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("can't read the key"));
}
