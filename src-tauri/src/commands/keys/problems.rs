//! Why a request about a signing key failed.

use crate::error::{Failure, WireError, limit};
use engine::keys::{DeleteError, ExportError, KeyImportError, LONGEST_KEY_NAME, NameError, RetireError, RotateError};
use jose::KeyError;
use serde::Serialize;

/// Why a request about a signing key failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum KeyProblem {
    /// There is no such key; it may have been deleted elsewhere.
    NotFound,
    /// It is active, so it cannot be retired.
    Active,
    /// It is retired already.
    Retired,
    /// It is not retired, so it cannot be deleted.
    InUse,
    /// The name is empty, too long, or has invisible characters.
    Name {
        /// The most characters.
        most: u32,
    },
    /// Too many keys are retiring.
    TooMany,
    /// Another change of the key came in between.
    Overtaken,
    /// The rules do not allow the algorithm.
    Algorithm {
        /// Its name.
        algorithm: String,
    },
    /// The key to import is encrypted.
    Encrypted,
    /// It fits several algorithms.
    AlgorithmNeeded,
    /// It is no usable private key.
    Unusable {
        /// What is wrong with it.
        reason: String,
    },
    /// The `kid` of the JWK cannot be used.
    Kid,
    /// The profile has that key already.
    Known {
        /// Its key ID.
        kid: String,
    },
    /// It is a shared secret, without a public part.
    NoPublicPart,
}

fn wire(problem: KeyProblem, error: &impl ToString) -> WireError {
    WireError::new(Failure::Keys(problem), error.to_string())
}

/// A rotation that failed, for the window.
pub(super) fn rotate_error(error: &RotateError) -> WireError {
    let problem = match error {
        RotateError::Algorithm { algorithm, .. } => KeyProblem::Algorithm { algorithm: algorithm.to_string() },
        RotateError::TooMany(_) => KeyProblem::TooMany,
        RotateError::Overtaken(_) => KeyProblem::Overtaken,
        RotateError::Key(error) => return error.clone().into(),
    };
    wire(problem, error)
}

impl From<RetireError> for WireError {
    fn from(error: RetireError) -> Self {
        let problem = match &error {
            RetireError::NotFound(_) => KeyProblem::NotFound,
            RetireError::Active(_) => KeyProblem::Active,
            RetireError::Retired(_) => KeyProblem::Retired,
            RetireError::Vault(error) => return engine::keys::SigningKeyError::Vault(error.clone()).into(),
            RetireError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<DeleteError> for WireError {
    fn from(error: DeleteError) -> Self {
        let problem = match &error {
            DeleteError::NotFound(_) => KeyProblem::NotFound,
            DeleteError::InUse(..) => KeyProblem::InUse,
            DeleteError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<NameError> for WireError {
    fn from(error: NameError) -> Self {
        let problem = match &error {
            NameError::Name => KeyProblem::Name { most: limit(LONGEST_KEY_NAME) },
            NameError::NotFound(_) => KeyProblem::NotFound,
            NameError::Store(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<ExportError> for WireError {
    fn from(error: ExportError) -> Self {
        let problem = match &error {
            ExportError::NotFound(_) => KeyProblem::NotFound,
            ExportError::NoPublicPart(_) => KeyProblem::NoPublicPart,
            ExportError::Retired(_) => KeyProblem::Retired,
            ExportError::Key(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}

impl From<KeyImportError> for WireError {
    fn from(error: KeyImportError) -> Self {
        let problem = match &error {
            KeyImportError::Refused(KeyError::Encrypted) => KeyProblem::Encrypted,
            KeyImportError::Refused(KeyError::AlgorithmNeeded) => KeyProblem::AlgorithmNeeded,
            KeyImportError::Refused(error) => KeyProblem::Unusable { reason: error.to_string() },
            KeyImportError::Algorithm(algorithm) => KeyProblem::Algorithm { algorithm: algorithm.to_string() },
            KeyImportError::Kid => KeyProblem::Kid,
            KeyImportError::Known { kid } => KeyProblem::Known { kid: kid.clone() },
            KeyImportError::TooMany(error) => return rotate_error(error),
            KeyImportError::Overtaken => KeyProblem::Overtaken,
            KeyImportError::Entropy(_) => return Self::internal(error.to_string()),
            KeyImportError::Key(error) => return error.clone().into(),
        };
        wire(problem, &error)
    }
}
