//! Encryption: AES-256 as in PDF 2.0, the one kind of it that is not outdated.

use super::draft::damaged;
use super::entropy;
use crate::args;
use crate::error::{Result, invalid, unsupported};
use crate::wit;
use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fewest bytes of entropy that a key is made of.
const MIN_ENTROPY: usize = 32;

/// Most bytes of a password: ISO 32000-2, 7.6.4.3.3.
const MAX_PASSWORD: usize = 127;

/// What a file is encrypted with.
pub struct Encryption {
    user: String,
    owner: String,
    permissions: Permissions,
}

impl Encryption {
    /// What the options ask for; none if they have no password.
    pub fn of(options: &args::Pdf) -> Result<Option<Self>> {
        let (user, owner) = (&options.user_password, &options.owner_password);
        if user.is_none() && owner.is_none() {
            return match options.allow {
                None => Ok(None),
                Some(_) => Err(invalid("allow: without a password the file is not encrypted; give an owner_password")),
            };
        }
        let user = user.clone().unwrap_or_default();
        let owner = owner.clone().filter(|owner| !owner.is_empty()).unwrap_or_else(|| user.clone());
        if owner.is_empty() {
            return Err(invalid("user_password: it is empty, and so is owner_password; give one of them"));
        }
        for (option, password) in [("user_password", &user), ("owner_password", &owner)] {
            if password.len() > MAX_PASSWORD {
                let length = password.len();
                return Err(invalid(format!(
                    "{option}: it has {length} bytes in UTF-8; readers cut passwords off at {MAX_PASSWORD}, and would not open the file"
                )));
            }
        }
        let permissions = options.allow.map_or(Permissions::all(), permissions);
        if permissions != Permissions::all() && owner == user {
            return Err(invalid(
                "allow: who has the owner_password may do all; give one that is not the user_password",
            ));
        }
        if options.entropy.len() < MIN_ENTROPY {
            return Err(invalid(format!("entropy: a key needs {MIN_ENTROPY} random bytes at least")));
        }
        Ok(Some(Self { user, owner, permissions }))
    }

    /// Encrypt a document whose objects have their last numbers.
    pub fn apply(&self, file: &mut lopdf::Document) -> Result<()> {
        let (mut key, mut id) = ([0; 32], [0; 16]);
        if !(entropy::fill(&mut key) && entropy::fill(&mut id)) {
            return Err(unsupported("there is no entropy here"));
        }
        let id = Object::String(id.to_vec(), StringFormat::Hexadecimal);
        file.trailer.set("ID", vec![id.clone(), id]);
        file.version = "2.0".to_owned();
        let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
        let state = EncryptionState::try_from(EncryptionVersion::V5 {
            encrypt_metadata: true,
            crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
            file_encryption_key: &key,
            stream_filter: b"StdCF".to_vec(),
            string_filter: b"StdCF".to_vec(),
            owner_password: &self.owner,
            user_password: &self.user,
            permissions: self.permissions,
        })
        .map_err(|error| match error {
            lopdf::Error::Decryption(error) => invalid(format!("user_password, owner_password: {error}")),
            error => damaged(error),
        })?;
        file.encrypt(&state).map_err(damaged)
    }
}

fn permissions(allowed: wit::Permissions) -> Permissions {
    [
        (wit::Permissions::PRINT, Permissions::PRINTABLE),
        (wit::Permissions::MODIFY, Permissions::MODIFIABLE),
        (wit::Permissions::COPY, Permissions::COPYABLE),
        (wit::Permissions::ANNOTATE, Permissions::ANNOTABLE),
        (wit::Permissions::FILL_FORMS, Permissions::FILLABLE),
        (wit::Permissions::ACCESSIBILITY, Permissions::COPYABLE_FOR_ACCESSIBILITY),
        (wit::Permissions::ASSEMBLE, Permissions::ASSEMBLABLE),
        (wit::Permissions::PRINT_FINELY, Permissions::PRINTABLE_IN_HIGH_QUALITY),
    ]
    .into_iter()
    .filter(|(one, _)| allowed & *one == *one)
    .fold(Permissions::empty(), |all, (_, one)| all | one)
}
