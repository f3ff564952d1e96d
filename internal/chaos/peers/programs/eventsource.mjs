// Reads events from an SSE stream with npm's eventsource, one line for each.
import { createRequire } from 'node:module'
const { EventSource } = createRequire(process.cwd() + '/')('eventsource')
const stream = new EventSource(process.argv[2] + '/v1/sse/events?events=all')
for (const name of process.argv[3].split(',')) stream.addEventListener(name, event => console.log(event.data))
stream.onerror = error => { console.error(error); process.exit(1) }
