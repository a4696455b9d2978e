//! Clients that keep their connections and send the same request again and again.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench measures with the machine's clock"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::Target;

/// The clients, on a thread of their own.
pub struct Load {
    runtime: Runtime,
    connections: usize,
}

/// What one turn measured.
pub struct Turn {
    elapsed: Duration,
    /// In microseconds, sorted.
    latencies: Vec<u32>,
}

impl Turn {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Milliseconds within which 99 of a hundred requests are answered.
    pub fn p99(&self) -> f64 {
        let position = self.latencies.len() * 99 / 100;
        let micros = self.latencies.get(position).copied();
        micros.map_or(f64::NAN, |micros| f64::from(micros) / 1e3)
    }
}

/// When a client stops.
#[derive(Clone)]
enum Until {
    Time(Instant),
    /// As many as are left for all clients.
    Count(Arc<AtomicI64>),
}

impl Load {
    pub fn new(connections: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            runtime,
            connections,
        }
    }

    /// Sends for so long.
    pub fn run(&self, target: &Target, turn: Duration) -> Turn {
        self.all(target, Until::Time(Instant::now() + turn))
    }

    /// Sends so many.
    pub fn send(&self, target: &Target, count: u64) {
        let left = i64::try_from(count).unwrap();
        self.all(target, Until::Count(Arc::new(AtomicI64::new(left))));
    }

    fn all(&self, target: &Target, until: Until) -> Turn {
        let start = Instant::now();
        let latencies = self.runtime.block_on(async {
            let clients: Vec<_> = (0..self.connections)
                .map(|_| tokio::spawn(client(target.clone(), until.clone())))
                .collect();
            let mut latencies = Vec::new();
            for client in clients {
                latencies.extend(client.await.unwrap());
            }
            latencies
        });
        let elapsed = start.elapsed();
        let mut latencies = latencies;
        latencies.sort_unstable();
        Turn { elapsed, latencies }
    }
}

async fn client(target: Target, until: Until) -> Vec<u32> {
    let mut stream = TcpStream::connect(&target.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answer = Vec::with_capacity(16 * 1024);
    let mut latencies = Vec::new();
    loop {
        let goes_on = match &until {
            Until::Time(end) => Instant::now() < *end,
            Until::Count(left) => left.fetch_sub(1, Ordering::Relaxed) > 0,
        };
        if !goes_on {
            return latencies;
        }
        let sent = Instant::now();
        stream.write_all(&target.request).await.unwrap();
        read_answer(&mut stream, &mut answer).await;
        let micros = sent.elapsed().as_micros();
        if matches!(until, Until::Time(_)) {
            latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
    }
}

/// Reads one answer, whose length its head tells; one that is no success ends the bench.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    loop {
        if let Some(end) = end_of_answer(answer)
            && answer.len() >= end
        {
            let is_success = answer.starts_with(b"HTTP/1.1 2");
            assert!(is_success, "{}", String::from_utf8_lossy(answer));
            return;
        }
        let read = stream.read_buf(answer).await.unwrap();
        assert!(
            read > 0,
            "the connection ended: {}",
            String::from_utf8_lossy(answer)
        );
    }
}

fn end_of_answer(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let length = answer
        .get(..head)?
        .split(|byte| *byte == b'\n')
        .find_map(|line| {
            let (name, value) = line.split_at_checked("content-length:".len())?;
            let text = std::str::from_utf8(value).ok()?.trim();
            name.eq_ignore_ascii_case(b"content-length:")
                .then(|| text.parse::<usize>().ok())?
        });
    Some(head + 4 + length.unwrap_or_default())
}
