//! Who may speak to the issuer at all. A web page that the user visits can make the browser send requests to loopback
//! addresses: by DNS rebinding with a foreign `Host`, or from its own origin. Both are refused before anything is
//! routed.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use std::collections::BTreeSet;

/// The names and origins that the issuer answers to.
#[derive(Debug, Clone)]
pub struct Access {
    /// `host:port`, in lower case.
    hosts: BTreeSet<String>,
    /// Origins of web pages that may read answers, exactly as browsers send them.
    origins: BTreeSet<String>,
}

/// Why a request is refused before it is routed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// The request has no `Host`, or several.
    #[error("A request has exactly one Host header")]
    HostMissing,
    /// The `Host` is not one of this issuer's: DNS rebinding, or a proxy.
    #[error("This issuer does not answer to that Host; ask for {0}")]
    Host(String),
    /// The request line names a whole URL, as for a proxy.
    #[error("This is not a proxy: write the path alone into the request line")]
    Proxy,
    /// The page's origin may not use this issuer.
    #[error("The origin {0} is not on this issuer's list; allow it if it is yours")]
    Origin(String),
    /// Another site made the browser send it.
    #[error("Another site made the browser send this request")]
    CrossSite,
}

/// An origin that can be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an origin: write one such as http://localhost:5173, without a path")]
pub struct NotAnOrigin(String);

impl Access {
    /// The loopback names at this port, and aliases such as `host.docker.internal`.
    pub fn at(port: u16, aliases: &[String]) -> Self {
        let names = ["localhost", "127.0.0.1", "[::1]"].into_iter().map(str::to_owned);
        let names = names.chain(aliases.iter().map(|alias| alias.to_ascii_lowercase()));
        let mut hosts: BTreeSet<String> = names.clone().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            // Browsers leave the default port out (RFC 9110 section 4.2.1).
            hosts.extend(names);
        }
        Self { hosts, origins: BTreeSet::new() }
    }

    /// Lets the pages of an origin use this issuer.
    ///
    /// # Errors
    /// [`NotAnOrigin`]
    pub fn allow(&mut self, origin: &str) -> Result<(), NotAnOrigin> {
        let parsed = url::Url::parse(origin).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let serialized = parsed.map(|url| url.origin().ascii_serialization());
        match serialized {
            Some(serialized) if serialized == origin => {
                self.origins.insert(serialized);
                Ok(())
            }
            _ => Err(NotAnOrigin(origin.to_owned())),
        }
    }

    /// May the pages of this origin use the issuer?
    pub fn is_listed(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.origins.contains(origin))
    }

    /// Checks a request's target and headers.
    ///
    /// # Errors
    /// [`Stranger`]
    pub fn check(&self, target: &Uri, headers: &HeaderMap) -> Result<(), Stranger> {
        if target.authority().is_some() {
            return Err(Stranger::Proxy);
        }
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Stranger::HostMissing) };
        let host = host.to_str().map(str::to_ascii_lowercase).unwrap_or_default();
        if !self.hosts.contains(&host) {
            let own = self.hosts.iter().find(|host| host.starts_with("localhost")).cloned().unwrap_or_default();
            return Err(Stranger::Host(own));
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, second) = (origins.next(), origins.next());
        // A page of the issuer itself, such as its documentation. The Host is exact, so nobody else can be it.
        let own = format!("http://{host}");
        let is_listed = match origin {
            None => false,
            Some(origin) if second.is_none() && origin.as_bytes() == own.as_bytes() => false,
            Some(origin) if second.is_none() && self.is_listed(origin) => true,
            Some(origin) => return Err(Stranger::Origin(shown(origin))),
        };
        // Absent from anything but a browser. `none`: the user typed the address.
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        let is_foreign = !matches!(site, None | Some(b"none" | b"same-origin"));
        if is_foreign && !is_listed {
            return Err(Stranger::CrossSite);
        }
        Ok(())
    }
}

/// The longest origin that an answer repeats, in characters.
const LONGEST_SHOWN: usize = 100;

fn shown(origin: &HeaderValue) -> String {
    String::from_utf8_lossy(origin.as_bytes()).chars().take(LONGEST_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn check(access: &Access, target: &str, pairs: &[(&str, &str)]) -> Result<(), Stranger> {
        access.check(&target.parse().unwrap(), &headers(pairs))
    }

    #[test]
    fn only_its_own_names_and_port_are_answered() {
        let access = Access::at(8787, &["host.docker.internal".into()]);
        for host in ["localhost:8787", "LOCALHOST:8787", "127.0.0.1:8787", "[::1]:8787", "host.docker.internal:8787"] {
            assert_eq!(check(&access, "/me", &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example:8787",
            "localhost.evil.example:8787",
            "127.0.0.1.nip.io:8787",
            "",
            ":8787",
            "localhost",
            "localhost:80",
            "127.0.0.1:8788",
            "localhost.:8787",
            "x.local:8787",
            "0.0.0.0:8787",
            "127.1:8787",
            "[::ffff:127.0.0.1]:8787",
            "localhost:8787, localhost:8787",
            "localhost:08787",
            "user@localhost:8787",
        ] {
            let refused = Err(Stranger::Host("localhost:8787".into()));
            assert_eq!(check(&access, "/me", &[("host", host)]), refused, "{host}");
        }
        assert_eq!(check(&access, "/me", &[]), Err(Stranger::HostMissing));
        let twice = [("host", "localhost:8787"), ("host", "localhost:8787")];
        assert_eq!(check(&access, "/me", &twice), Err(Stranger::HostMissing));
        let whole = "http://localhost:8787/me";
        assert_eq!(check(&access, whole, &[("host", "localhost:8787")]), Err(Stranger::Proxy));
        assert_eq!(check(&Access::at(80, &[]), "/me", &[("host", "localhost")]), Ok(()), "the default port");
    }

    #[test]
    fn pages_of_other_origins_are_refused_unless_they_are_listed() {
        let mut access = Access::at(8787, &[]);
        access.allow("http://localhost:5173").unwrap();
        let from = |origin: &str, site: &str| {
            let pairs = [("host", "localhost:8787"), ("origin", origin), ("sec-fetch-site", site)];
            check(&access, "/token", &pairs)
        };
        assert_eq!(from("http://localhost:5173", "same-site"), Ok(()));
        assert_eq!(from("http://localhost:8787", "same-origin"), Ok(()), "the issuer's own page");
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost:5174",
            "https://localhost:5173",
            "http://localhost",
            "http://127.0.0.1:8787",
            "http://localhost:5173.evil.example",
            "HTTP://LOCALHOST:5173",
        ] {
            assert_eq!(from(origin, "cross-site"), Err(Stranger::Origin(origin.into())), "{origin}");
        }
        let twice = [("host", "localhost:8787"), ("origin", "http://localhost:5173"), ("origin", "null")];
        assert!(check(&access, "/token", &twice).is_err());
    }

    #[test]
    fn what_another_site_makes_the_browser_send_is_refused() {
        let access = Access::at(8787, &[]);
        let from = |site: &str| check(&access, "/revoke", &[("host", "localhost:8787"), ("sec-fetch-site", site)]);
        for site in ["cross-site", "same-site", "", "none, cross-site", "nonsense"] {
            assert_eq!(from(site), Err(Stranger::CrossSite), "{site}");
        }
        assert_eq!(from("none"), Ok(()));
        assert_eq!(from("same-origin"), Ok(()));
    }

    #[test]
    fn an_origin_is_listed_exactly_or_not_at_all() {
        let mut access = Access::at(8787, &[]);
        for good in ["http://localhost:5173", "https://app.example", "http://[::1]:3000"] {
            assert_eq!(access.allow(good), Ok(()), "{good}");
        }
        for bad in
            ["*", "null", "localhost:5173", "http://localhost:5173/", "http://a/b", "ftp://a", "http://A.example"]
        {
            assert!(access.allow(bad).is_err(), "{bad}");
        }
    }
}
