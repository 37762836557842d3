// The rival of the webhook: fastify and prom-client, the same fields of the same JSON, the same labels.
import Fastify from 'fastify';
import {Counter, register} from 'prom-client';

const errors = new Counter({
  name: 'telephony_errors_total',
  help: 'Errors.',
  labelNames: ['provider', 'product', 'account', 'code', 'severity'],
});

const app = Fastify({logger: false});
app.post('/w', (request, reply) => {
  const {sessionId, subAccountId, errorDetails} = request.body.payload ?? {};
  if (!sessionId) return reply.code(400).send();
  const code = String(errorDetails.errorCode);
  errors.inc({provider: '8x8', product: 'number_masking', account: subAccountId, code, severity: 'critical'});
  return reply.code(204).send();
});
app.get('/metrics', async (request, reply) => reply.type(register.contentType).send(await register.metrics()));

await app.listen({host: '127.0.0.1', port: Number(process.argv[2])});
