"""What ECS says of task definitions, as botocore and moto know it.

`shape` prints the keys and types of RegisterTaskDefinition. `register` reads a definition from
standard input, has botocore check it, registers it with moto and prints what moto then describes.
"""

import json
import sys

import boto3
import botocore.session
from botocore.validate import ParamValidator
from moto import mock_aws

ECS = botocore.session.get_session().get_service_model("ecs")
INPUT = ECS.operation_model("RegisterTaskDefinition").input_shape


def shape(of):
    if of.type_name == "structure":
        mark = lambda name: name + "!" if name in of.required_members else name
        return {mark(name): shape(member) for name, member in of.members.items()}
    if of.type_name == "list":
        return [shape(of.member)]
    if of.type_name == "map":
        return {"*": shape(of.value)}
    return "|".join(of.enum) if getattr(of, "enum", None) else of.type_name


@mock_aws
def register(definition):
    report = ParamValidator().validate(definition, INPUT)
    if report.has_errors():
        sys.exit(report.generate_report())
    keys = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in"}
    ecs = boto3.client("ecs", region_name="eu-central-1", **keys)
    ecs.register_task_definition(**definition)
    described = ecs.describe_task_definition(taskDefinition=definition["family"])
    return described["taskDefinition"]


if sys.argv[1] == "shape":
    print(json.dumps(shape(INPUT), indent=1))
else:
    print(json.dumps(register(json.load(sys.stdin)), default=str))
