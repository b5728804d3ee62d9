"""moto in the place of DynamoDB: prints its address, and ends with its standard input."""

import json
import sys

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
host, port = server.get_host_and_port()
print(json.dumps({"listening": f"http://{host}:{port}"}), flush=True)
sys.stdin.read()
server.stop()
