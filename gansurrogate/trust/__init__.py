"""Who made a surrogate, and is it good enough for this machine? Signatures, and the policy that `load` obeys."""

from gansurrogate.trust.obeying import admit as admit
