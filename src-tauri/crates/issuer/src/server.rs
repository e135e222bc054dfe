//! Listening on loopback: 127.0.0.1 and ::1, with limits on what one client can hold up.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;

/// How long a client may take to send a request's head; also how long a connection may be idle.
const SLOWEST_HEAD: Duration = Duration::from_secs(10);
/// How long a client may take no byte of an answer that waits for it.
const SLOWEST_READER: Duration = Duration::from_secs(5);
/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// The most headers of a request.
const MOST_HEADERS: usize = 64;
/// The most connections at once. Others wait until one ends.
const MOST_CONNECTIONS: usize = 2_000;
/// How long requests in flight may take to end once the server stops.
const LAST_ANSWERS: Duration = Duration::from_millis(800);
/// `EAFNOSUPPORT` of Linux, which has no kind in Rust: IPv6 is turned off.
const NO_SUCH_FAMILY: i32 = 97;
/// How many ports after a taken one are tried, to suggest one that is free.
const TRIED: u16 = 20;

/// Where to listen.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Addresses beside loopback, which the user named.
    pub also: Vec<IpAddr>,
}

/// Why the issuer cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program listens on the port.
    #[error("Port {port} is taken by another program{}", .free.map_or(String::new(), |free| format!("; {free} is free")))]
    Taken {
        /// The port.
        port: u16,
        /// The next one that is free.
        free: Option<u16>,
    },
    /// The system refuses.
    #[error("Cannot listen on {address}: {system}")]
    System {
        /// The address and port.
        address: SocketAddr,
        /// The system's message.
        system: io::Error,
    },
}

/// A server that listens and does not answer yet.
pub struct Server {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Server {
    /// Listens on loopback by both address families, so that no other program can be `localhost` at this port.
    ///
    /// # Errors
    /// [`BindError`]
    pub async fn bind(options: &Options) -> Result<Self, BindError> {
        if options.port != 0 {
            return Self::bind_at(options.port, &options.also).await;
        }
        for _ in 1..TRIED {
            // The system picks a port that is free by IPv4; it may be taken by IPv6.
            match Self::bind_at(0, &options.also).await {
                Err(BindError::Taken { .. }) => {}
                answer => return answer,
            }
        }
        Self::bind_at(0, &options.also).await
    }

    async fn bind_at(port: u16, also: &[IpAddr]) -> Result<Self, BindError> {
        let first = listen(IpAddr::V4(Ipv4Addr::LOCALHOST), port).await?;
        let port = first.local_addr().map_or(port, |address| address.port());
        let mut listeners = vec![first];
        match listen(IpAddr::V6(Ipv6Addr::LOCALHOST), port).await {
            Ok(listener) => listeners.push(listener),
            // A computer without IPv6.
            Err(BindError::System { system, .. })
                if matches!(system.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
                    || system.raw_os_error() == Some(NO_SUCH_FAMILY) => {}
            Err(error) => return Err(error),
        }
        for address in also {
            listeners.push(listen(*address, port).await?);
        }
        Ok(Self { listeners, port })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers until `stop` is done, and then finishes what is in flight.
    pub async fn run(self, router: Router, stop: impl Future<Output = ()>) {
        let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let graceful = Arc::new(GracefulShutdown::new());
        let accepting: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| {
                let (graceful, connections) = (Arc::clone(&graceful), Arc::clone(&connections));
                let router = router.clone();
                tokio::spawn(async move {
                    loop {
                        let Ok(place) = Arc::clone(&connections).acquire_owned().await else { return };
                        let Some(stream) = accept(&listener).await else { continue };
                        // One that never reads would keep its place for ever.
                        let mut stream = TimeoutStream::new(stream);
                        stream.set_write_timeout(Some(SLOWEST_READER));
                        let connection = http1::Builder::new()
                            .timer(TokioTimer::new())
                            .header_read_timeout(SLOWEST_HEAD)
                            .max_headers(MOST_HEADERS)
                            .max_buf_size(LONGEST_HEAD)
                            .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(router.clone()));
                        let connection = graceful.watch(connection);
                        tokio::spawn(async move {
                            // A client that breaks off is not an error.
                            let _ = connection.await;
                            drop(place);
                        });
                    }
                })
            })
            .collect();
        stop.await;
        for task in accepting {
            task.abort();
            // Wait until the listener is closed, so that the port is free when this returns.
            let _ = task.await;
        }
        // Only the tasks that accept held it beside this one.
        if let Some(graceful) = Arc::into_inner(graceful) {
            let _ = tokio::time::timeout(LAST_ANSWERS, graceful.shutdown()).await;
        }
    }
}

/// The next connection; `None` if it failed, after a pause if the system has no room.
async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are small and whole: waiting for more to send would only delay them.
            let _ = stream.set_nodelay(true);
            Some(stream)
        }
        Err(_) => {
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn listen(address: IpAddr, port: u16) -> Result<TcpListener, BindError> {
    let address = SocketAddr::new(address, port);
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let mut free = None;
            for next in port.saturating_add(1)..=port.saturating_add(TRIED) {
                if TcpListener::bind(SocketAddr::new(address.ip(), next)).await.is_ok() {
                    free = Some(next);
                    break;
                }
            }
            Err(BindError::Taken { port, free })
        }
        Err(system) => Err(BindError::System { address, system }),
    }
}
