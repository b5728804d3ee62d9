"""moto in the place of AWS: prints its address, and ends with its standard input.

The account is MOTO_ACCOUNT_ID. It answers one request at a time, because moto does not lock.
"""

import json
import sys
import threading

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

# moto 5.2 keeps the description of a rule that names another group, and does not give it back.
SecurityGroupRule.description = property(
    lambda rule: rule.ip_range.get("Description") or rule.source_group.get("Description")
)

# moto 5.2 takes no tags for scalable targets, and cannot be asked for them.
tags = {}
register = ApplicationAutoScalingResponse.register_scalable_target


def register_scalable_target(self):
    answer = register(self)
    given = self._get_param("Tags")
    if given is not None:
        tags[json.loads(answer)["ScalableTargetARN"]] = given
    return answer


def list_tags_for_resource(self):
    return json.dumps({"Tags": tags.get(self._get_param("ResourceARN"), {})})


ApplicationAutoScalingResponse.register_scalable_target = register_scalable_target
ApplicationAutoScalingResponse.list_tags_for_resource = list_tags_for_resource

# moto 5.2 drops what a service says about these.
remembered = ["availabilityZoneRebalancing", "enableECSManagedTags", "healthCheckGracePeriodSeconds"]
create = EC2ContainerServiceResponse.create_service


def create_service(self):
    answer = create(self)
    for name in remembered:
        setattr(answer.result["service"], name, self._get_param(name))
    return answer


EC2ContainerServiceResponse.create_service = create_service

moto = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    with turn:
        return list(moto(environ, start_response))


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"listening": f"http://127.0.0.1:{server.server_port}"}), flush=True)
sys.stdin.read()
