"""Who made a surrogate, and is it good enough for this machine? Signatures, and the policy that `load` obeys."""

from gansurrogate.trust.obeying import admit as admit
from gansurrogate.trust.obeying import check as check
from gansurrogate.trust.policy import Policy as Policy
from gansurrogate.trust.policy import in_force as in_force
