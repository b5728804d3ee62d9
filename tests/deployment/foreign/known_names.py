"""Names that the balancer knows, from AWS's own service model, as JSON.

Attributes are named in the model's documentation only. The names of TLS policies are in no model;
moto keeps the list that the service gives.
"""

import json
import re
import sys

from botocore.session import get_session
from moto.elbv2.ssl_policies import SSL_POLICIES

model = get_session().get_service_model("elbv2")


def attributes(shape):
    text = model.shape_for(shape).members["Key"].documentation
    return sorted(set(re.findall(r"<code>([a-z0-9_]+(?:\.[a-z0-9_]+)+)</code>", text)))


json.dump(
    {
        "target_group": attributes("TargetGroupAttribute"),
        "load_balancer": attributes("LoadBalancerAttribute"),
        "listener": attributes("ListenerAttribute"),
        "tls_policies": sorted(SSL_POLICIES),
    },
    sys.stdout,
)
