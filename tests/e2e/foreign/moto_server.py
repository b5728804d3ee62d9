"""moto in the place of DynamoDB: prints its address, and ends with its standard input.

It answers one request at a time, because its conditional writes are not atomic.
"""

import json
import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

moto = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    with turn:
        return list(moto(environ, start_response))


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"listening": f"http://127.0.0.1:{server.server_port}"}), flush=True)
sys.stdin.read()
