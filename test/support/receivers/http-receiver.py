"""Takes requests as a webhook, a chat's webhook or Elasticsearch does, and has handed each to the system before it answers.

http-receiver.py PORT FILE SECRET
"""
import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, FILE, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
KNOWN = set()
LOG = open(FILE, 'a', encoding='ascii')


def documents(body):
    """Pairs of lines: what to do, and the document (Elasticsearch, bulk API)."""
    lines = body.decode().split('\n')
    return [(json.loads(lines[at])['create']['_id'], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]


def remember(row):
    LOG.write(json.dumps(row) + '\n')
    LOG.flush()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        if self.path.endswith('/_bulk'):
            return self.bulk(body)
        if self.path == '/signed' and not self.is_signed(body):
            return self.answer(401, b'bad signature')
        row = {'path': self.path, 'key': self.headers.get('Idempotency-Key'), 'body': body.decode()}
        remember(row)
        return self.answer(200, b'ok')

    def bulk(self, body):
        items = []
        for name, document in documents(body):
            items.append({'create': {'_id': name, 'status': 409 if name in KNOWN else 201}})
            if name not in KNOWN:
                remember({'path': self.path, 'key': name, 'body': document})
                KNOWN.add(name)
        self.answer(200, json.dumps({'errors': False, 'items': items}).encode())

    def is_signed(self, body):
        signed = self.headers.get('X-Decnet-Timestamp', '').encode() + b'.' + body
        mine = 'sha256=' + hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(mine, self.headers.get('X-Decnet-Signature', ''))

    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


with open(FILE, encoding='ascii') as before:
    for row in before:
        try:
            KNOWN.add(json.loads(row)['key'])
        except ValueError:
            # Half a line: it was killed before it had answered.
            LOG.write('\n')
ThreadingHTTPServer(('127.0.0.1', PORT), Handler).serve_forever()

