//! nginx's `return 200`, where it is installed.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench measures with the machine's clock"
)]

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Target;

/// A server of its own; ends with the bench.
pub struct Nginx {
    pub target: Target,
    process: Child,
    folder: PathBuf,
}

impl Nginx {
    /// Starts it; `None` where there is none, or where it does not listen soon.
    pub fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0")
            .ok()?
            .local_addr()
            .ok()?
            .port();
        let folder = std::env::temp_dir().join(format!("authlab-bench-nginx-{port}"));
        std::fs::create_dir_all(&folder).ok()?;
        let place = folder.display();
        let configuration = format!(
            "worker_processes 2; daemon off; pid {place}/pid; error_log {place}/error.log; events {{}}\n\
             http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {place}/a; \
             proxy_temp_path {place}/b; fastcgi_temp_path {place}/c; uwsgi_temp_path {place}/d; \
             scgi_temp_path {place}/e; server {{ listen 127.0.0.1:{port}; return 200 \"hello\"; }} }}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration).ok()?;
        let process = Command::new("nginx")
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let address = format!("127.0.0.1:{port}");
        let nginx = Self {
            target: Target {
                request: b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
                address: address.clone(),
            },
            process,
            folder,
        };
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            if std::net::TcpStream::connect(&address).is_ok() {
                return Some(nginx);
            }
            std::thread::yield_now();
        }
        None
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // What it left behind is in the way of nobody.
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
