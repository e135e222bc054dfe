//! The tokens and keys of known makers, by their prefixes and lengths.

use std::ops::RangeInclusive;

use super::known::{Known, Use};
use super::{NotJwt, TO_ITS_ISSUER, shapes};

const LONG: RangeInclusive<usize> = 20..=4096;

/// Prefix, how many characters follow to the end, maker, noun, use.
type Row = (&'static str, RangeInclusive<usize>, &'static str, &'static str, Use);

const ROWS: [Row; 138] = [
    ("ya29.", LONG, "Google", "access token", Use::Access),
    ("1//0", LONG, "Google", "refresh token", Use::Refresh),
    ("4/0", 30..=255, "Google", "authorization code", Use::Code),
    ("AIza", 35..=35, "Google", "API key", Use::Key),
    ("GOCSPX-", 20..=64, "Google", "client secret", Use::Key),
    ("ghp_", 22..=255, "GitHub", "token", Use::Key),
    ("gho_", 22..=255, "GitHub", "token", Use::Access),
    ("ghu_", 22..=255, "GitHub", "token", Use::Access),
    ("ghs_", 22..=255, "GitHub", "token", Use::Access),
    ("ghr_", 22..=255, "GitHub", "token", Use::Refresh),
    ("github_pat_", 22..=255, "GitHub", "token", Use::Key),
    ("glpat-", 20..=255, "GitLab", "token", Use::Key),
    ("gldt-", 20..=255, "GitLab", "deploy token", Use::Key),
    ("glrt-", 20..=255, "GitLab", "runner token", Use::Key),
    ("glcbt-", 20..=255, "GitLab", "job token", Use::Access),
    ("glptt-", 20..=255, "GitLab", "trigger token", Use::Key),
    ("glft-", 20..=255, "GitLab", "feed token", Use::Key),
    ("gloas-", 20..=255, "GitLab", "client secret", Use::Key),
    ("glrtr-", 20..=255, "GitLab", "runner token", Use::Key),
    ("glimt-", 20..=255, "GitLab", "incoming mail token", Use::Key),
    ("glagent-", 20..=255, "GitLab", "agent token", Use::Key),
    ("glsoat-", 20..=255, "GitLab", "SCIM token", Use::Key),
    ("glffct-", 20..=255, "GitLab", "feature flags token", Use::Key),
    ("xoxb-", 10..=255, "Slack", "token", Use::Access),
    ("xoxp-", 10..=255, "Slack", "token", Use::Access),
    ("xoxa-", 10..=255, "Slack", "token", Use::Access),
    ("xoxr-", 10..=255, "Slack", "token", Use::Refresh),
    ("xoxs-", 10..=255, "Slack", "token", Use::Access),
    ("xoxc-", 10..=255, "Slack", "token", Use::Access),
    ("xoxd-", 10..=255, "Slack", "token", Use::Access),
    ("xoxo-", 10..=255, "Slack", "token", Use::Access),
    ("xoxe-", 10..=255, "Slack", "token", Use::Refresh),
    ("xoxe.xox", 10..=255, "Slack", "token", Use::Access),
    ("xapp-", 10..=255, "Slack", "token", Use::Key),
    ("sk_live_", 16..=255, "Stripe", "key", Use::Key),
    ("sk_test_", 16..=255, "Stripe", "key", Use::Key),
    ("rk_live_", 16..=255, "Stripe", "key", Use::Key),
    ("rk_test_", 16..=255, "Stripe", "key", Use::Key),
    ("pk_live_", 16..=255, "Stripe", "publishable key", Use::Public),
    ("pk_test_", 16..=255, "Stripe", "publishable key", Use::Public),
    ("whsec_", 16..=255, "Stripe", "key", Use::Key),
    ("AKIA", 16..=16, "AWS", "access key", Use::Name),
    ("ASIA", 16..=16, "AWS", "access key", Use::Name),
    ("IQoJb3JpZ2lu", 100..=4096, "AWS", "session token", Use::Access),
    ("FwoGZXIvYXdz", 100..=4096, "AWS", "session token", Use::Access),
    ("FQoGZXIvYXdz", 100..=4096, "AWS", "session token", Use::Access),
    ("FQoDYXdz", 100..=4096, "AWS", "session token", Use::Access),
    ("AQoDYXdz", 100..=4096, "AWS", "session token", Use::Access),
    ("k8s-aws-v1.", LONG, "AWS", "EKS token, a presigned request in base64url", Use::Access),
    ("ABSK", 60..=255, "AWS", "Bedrock API key", Use::Key),
    ("npm_", 36..=36, "npm", "token", Use::Key),
    ("pypi-", 50..=1024, "PyPI", "token, which is a macaroon", Use::Key),
    ("rubygems_", 40..=64, "RubyGems", "key", Use::Key),
    ("dckr_pat_", 20..=64, "Docker Hub", "token", Use::Key),
    ("dckr_oat_", 20..=64, "Docker Hub", "token", Use::Key),
    ("SG.", 40..=128, "SendGrid", "key", Use::Key),
    ("xkeysib-", 60..=128, "Brevo", "key", Use::Key),
    ("key-", 32..=32, "Mailgun", "key", Use::Key),
    ("shpat_", 32..=64, "Shopify", "access token", Use::Key),
    ("shpca_", 32..=64, "Shopify", "access token", Use::Key),
    ("shppa_", 32..=64, "Shopify", "access token", Use::Key),
    ("shpss_", 32..=64, "Shopify", "client secret", Use::Key),
    ("sq0atp-", 22..=64, "Square", "access token", Use::Access),
    ("sq0csp-", 40..=64, "Square", "client secret", Use::Key),
    ("access-sandbox-", 30..=64, "Plaid", "access token", Use::Access),
    ("access-production-", 30..=64, "Plaid", "access token", Use::Access),
    ("HRKU-", 36..=64, "Heroku", "API key", Use::Key),
    ("cfk_", 40..=64, "Cloudflare", "API key", Use::Key),
    ("cfut_", 40..=64, "Cloudflare", "API token", Use::Key),
    ("cfat_", 40..=64, "Cloudflare", "API token", Use::Key),
    ("nfp_", 36..=64, "Netlify", "token", Use::Key),
    ("bkua_", 40..=64, "Buildkite", "token", Use::Key),
    ("CCIPAT_", 30..=128, "CircleCI", "token", Use::Key),
    ("CCIPRJ_", 30..=128, "CircleCI", "token", Use::Key),
    ("pul-", 40..=40, "Pulumi", "token", Use::Key),
    ("tskey-", 20..=128, "Tailscale", "key", Use::Key),
    ("dt0c01.", 60..=128, "Dynatrace", "token", Use::Key),
    ("CFPAT-", 40..=64, "Contentful", "token", Use::Key),
    ("ops_eyJ", 100..=4096, "1Password", "service account token", Use::Key),
    ("dop_v1_", 64..=64, "DigitalOcean", "token", Use::Key),
    ("doo_v1_", 64..=64, "DigitalOcean", "token", Use::Access),
    ("dor_v1_", 64..=64, "DigitalOcean", "token", Use::Refresh),
    ("hf_", 30..=64, "Hugging Face", "token", Use::Key),
    ("sk-proj-", 20..=255, "OpenAI", "key", Use::Key),
    ("sk-svcacct-", 20..=255, "OpenAI", "key", Use::Key),
    ("sk-admin-", 20..=255, "OpenAI", "key", Use::Key),
    ("r8_", 37..=40, "Replicate", "token", Use::Key),
    ("pplx-", 40..=64, "Perplexity", "key", Use::Key),
    ("xai-", 60..=128, "xAI", "key", Use::Key),
    ("sk-ant-", 20..=255, "Anthropic", "key", Use::Key),
    ("sk-or-v1-", 40..=128, "OpenRouter", "key", Use::Key),
    ("sk-", 48..=48, "OpenAI", "key", Use::Key),
    ("gsk_", 40..=64, "Groq", "key", Use::Key),
    ("dapi", 32..=36, "Databricks", "token", Use::Key),
    ("ATATT3", LONG, "Atlassian", "token", Use::Key),
    ("ATCTT3", LONG, "Atlassian", "token", Use::Key),
    ("ATBB", 28..=40, "Bitbucket", "app password", Use::Key),
    ("hvs.", 20..=255, "HashiCorp Vault", "token", Use::Access),
    ("hvb.", 20..=512, "HashiCorp Vault", "token", Use::Access),
    ("hvr.", 20..=255, "HashiCorp Vault", "token", Use::Access),
    ("dp.st.", LONG, "Doppler", "token", Use::Key),
    ("dp.pt.", LONG, "Doppler", "token", Use::Key),
    ("lin_oauth_", 30..=128, "Linear", "access token", Use::Access),
    ("lin_api_", 30..=64, "Linear", "key", Use::Key),
    ("ntn_", 40..=64, "Notion", "token", Use::Key),
    ("secret_", 43..=43, "Notion", "token", Use::Key),
    ("sbp_", 40..=40, "Supabase", "token", Use::Key),
    ("sb_secret_", 20..=64, "Supabase", "secret key", Use::Key),
    ("sb_publishable_", 20..=64, "Supabase", "publishable key", Use::Public),
    ("pscale_oauth_", 30..=64, "PlanetScale", "access token", Use::Access),
    ("pscale_tkn_", 30..=64, "PlanetScale", "token", Use::Key),
    ("sl.", 100..=2048, "Dropbox", "access token", Use::Access),
    ("pat-na1-", 36..=36, "HubSpot", "token", Use::Key),
    ("pat-eu1-", 36..=36, "HubSpot", "token", Use::Key),
    ("PMAK-", 50..=64, "Postman", "key", Use::Key),
    ("NRAK-", 27..=27, "New Relic", "key", Use::Key),
    ("glsa_", 32..=64, "Grafana", "token", Use::Key),
    ("glc_", 40..=512, "Grafana Cloud", "token", Use::Key),
    ("figd_", 30..=64, "Figma", "token", Use::Key),
    ("tfp_", 40..=64, "Typeform", "token", Use::Key),
    ("sntryu_", 40..=255, "Sentry", "token", Use::Key),
    ("sntrys_", 40..=255, "Sentry", "token", Use::Key),
    ("fo1_", 40..=64, "Fly.io", "token", Use::Access),
    ("FlyV1", LONG, "Fly.io", "token", Use::Access),
    ("EAAA", 60..=60, "Square", "access token", Use::Access),
    ("EAA", 80..=512, "Facebook", "access token", Use::Access),
    ("EwB", 200..=4096, "Microsoft account", "access token", Use::Access),
    ("M.C5", 100..=2048, "Microsoft account", "refresh token", Use::Refresh),
    ("0.A", 200..=4096, "Entra", "refresh token", Use::Refresh),
    ("1.A", 200..=4096, "Entra", "refresh token", Use::Refresh),
    ("00D", 60..=255, "Salesforce", "session token", Use::Access),
    ("00", 40..=40, "Okta", "API token", Use::Key),
    ("ory_at_", 40..=128, "Ory", "access token", Use::Access),
    ("ory_rt_", 40..=128, "Ory", "refresh token", Use::Refresh),
    ("ory_ac_", 40..=128, "Ory", "authorization code", Use::Code),
    ("ory_st_", 20..=128, "Ory", "session token", Use::Access),
    ("ory_pat_", 20..=128, "Ory", "API key", Use::Key),
    ("v1.M", 30..=255, "Auth0", "refresh token", Use::Refresh),
];

/// Which first bytes any prefix has: it rules out most texts at once.
const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let mut index = 0;
    while index < ROWS.len() {
        starts[ROWS[index].0.as_bytes()[0] as usize] = true;
        index += 1;
    }
    starts
};

fn row(text: &str) -> Option<&'static Row> {
    let first = *text.as_bytes().first()?;
    if !STARTS[usize::from(first)] {
        return None;
    }
    let is_symbol = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./+=~!:*%".contains(&byte);
    ROWS.iter().filter(|(start, ..)| start.as_bytes()[0] == first).find(|(start, length, ..)| {
        let rest = text.strip_prefix(start).unwrap_or_default();
        length.contains(&rest.len()) && rest.bytes().all(is_symbol)
    })
}

/// What a text is by its prefix or its shape.
fn known(text: &str) -> Option<Known> {
    let by_prefix = row(text).map(|(.., maker, noun, is_for)| Known { maker, noun, is_for: *is_for });
    by_prefix.or_else(|| shapes::of(text))
}

/// A secret of a known maker in a claim, with its article: "a GitHub token". A prefix of less than four characters is
/// no proof there.
pub(crate) fn credential(text: &str) -> Option<String> {
    if row(text).is_some_and(|(start, ..)| start.len() < 4) {
        return None;
    }
    let Known { maker, noun, is_for } = known(text)?;
    let is_secret = matches!(is_for, Use::Access | Use::Refresh | Use::Key | Use::Name);
    is_secret.then(|| what(maker, noun))
}

/// "an AWS access key".
fn what(maker: &str, noun: &str) -> String {
    let article = if maker.starts_with(['A', 'E', 'O', 'n', 'x']) { "an" } else { "a" };
    format!("{article} {maker} {noun}")
}

pub(super) fn named(text: &str) -> Option<NotJwt> {
    let Known { maker, noun, is_for } = known(text)?;
    let message = match is_for {
        Use::Access => {
            format!("It is opaque: only {maker} knows whose it is and how long it lives. Send it to {maker} as it is.")
        }
        Use::Refresh => format!(
            "It is opaque, and no API takes it: exchange it at {maker}'s token endpoint for an access token, and keep \
             it secret."
        ),
        Use::Key => format!(
            "It is opaque: {maker} takes it as it is. Whoever has it can use it, so keep it out of code and logs."
        ),
        Use::Public => format!("It is opaque: {maker} takes it as it is. It may be public, unlike the secret key."),
        Use::Name => format!(
            "It only names a key: requests to {maker} are signed with the secret access key that belongs to it."
        ),
        Use::UserName => format!(
            "It is only a name: requests to {maker} carry Basic credentials, of this and the secret that belongs to it."
        ),
        Use::Code => format!("It is used once: exchange it at {maker}'s token endpoint for tokens."),
    };
    let short = noun.split(',').next().unwrap_or_default();
    let kind = NotJwt::new(&what(maker, noun), message).named(format!("{maker} {short}"));
    Some(if matches!(is_for, Use::Access | Use::Key) { kind.or_else(TO_ITS_ISSUER) } else { kind })
}
