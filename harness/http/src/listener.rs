//! Bind, serve, stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::connection::{self, Ends, Port};
use crate::gate::Gate;
use crate::incoming::Service;
use crate::limits::Limits;

/// Why a port could not be opened.
#[derive(Debug, Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error(
        "the {name} port {port} of {ip} is in use: choose another with `{option} PORT`, or any \
         free one with `{option} 0`",
        port = address.port(),
        ip = address.ip()
    )]
    InUse {
        /// The server: `aws`, `vault`, `oidc`, `control`.
        name: &'static str,
        /// What was asked for.
        address: SocketAddr,
        /// The command line option that chooses another port.
        option: &'static str,
    },
    /// The system refused for another reason.
    #[error(
        "the {name} port cannot be opened at {address} (choose another with `{option} PORT`): {source}"
    )]
    Refused {
        /// The server.
        name: &'static str,
        /// What was asked for.
        address: SocketAddr,
        /// The command line option that chooses another port.
        option: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// An open port that nobody serves yet: its address is known before its server is built.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Opens `address` (port 0: any free one) for the server `name`. `option` is the command line
    /// option, as in `--aws-port`, that an error tells how to choose another.
    ///
    /// # Errors
    /// [`BindError::InUse`] for a busy port, [`BindError::Refused`] for anything else.
    pub async fn bind(
        name: &'static str,
        address: SocketAddr,
        option: &'static str,
    ) -> Result<Self, BindError> {
        let refused = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse {
                name,
                address,
                option,
            },
            _ => BindError::Refused {
                name,
                address,
                option,
                source,
            },
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address })
    }

    /// The address, with the port that was chosen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers everybody's requests with `service` until stopped, as a server that is no part of a
    /// lab does. Must be called inside a Tokio runtime.
    pub fn serve(self, limits: Limits, service: Arc<dyn Service>) -> Running {
        self.serve_behind(Gate::open(), limits, service)
    }

    /// Answers those requests with `service` that `gate` lets in, until stopped. Must be called
    /// inside a Tokio runtime.
    pub fn serve_behind(self, gate: Gate, limits: Limits, service: Arc<dyn Service>) -> Running {
        let port = Arc::new(Port {
            limits,
            service,
            gate,
        });
        let (stop, stopping) = watch::channel(());
        let address = self.address;
        let accepting = tokio::spawn(accept(self.listener, port, stopping));
        Running {
            address,
            stop: Some(stop),
            accepting,
        }
    }
}

/// A server that answers. Dropping it stops it as [`Running::stop`] does, without waiting.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    /// Dropped to stop: every connection waits for that.
    stop: Option<watch::Sender<()>>,
    accepting: JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port, finishes the requests in flight, and returns when every connection is
    /// closed. Requests that take longer than [`Limits::stop_timeout`] are cut off.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // The task ends by itself; it never panics, and nobody aborts it.
        drop((&mut self.accepting).await);
    }
}

async fn accept(listener: TcpListener, port: Arc<Port>, mut stopping: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    let free = Arc::new(Semaphore::new(port.limits.connections_max));
    let stop = stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = accept_one(&listener, &free) => accepted,
            _ = stopping.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        let Some((stream, peer, permit)) = accepted else {
            continue;
        };
        let Ok(local) = stream.local_addr() else {
            // It broke before it began.
            continue;
        };
        let (port, stop) = (Arc::clone(&port), stop.clone());
        connections.spawn(async move {
            connection::serve(stream, Ends { peer, local }, port, stop).await;
            drop(permit);
        });
    }
    drop(listener);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(port.limits.stop_timeout, all_closed)
        .await
        .is_err()
    {
        // Not waited for: a server that blocks its thread would block the end as well.
        connections.abort_all();
    }
}

/// The next connection, once one more may be open.
async fn accept_one(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(free).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Small answers must not wait for more to send; a socket that refuses is merely slow.
            drop(stream.set_nodelay(true));
            Some((stream, peer, permit))
        }
        Err(_) => {
            pause_after_accept_error().await;
            None
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "transport time: without a pause, a machine out of file descriptors would spin here"
)]
async fn pause_after_accept_error() {
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}
