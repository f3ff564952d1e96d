// Reads events from a WebSocket with npm's ws, one line for each.
import { createRequire } from 'node:module'
const WebSocket = createRequire(process.cwd() + '/')('ws')
const socket = new WebSocket(process.argv[2].replace('http', 'ws') + '/v1/ws/events?events=all')
socket.on('open', () => socket.send('{"type":"Ping"}'))
socket.on('message', text => console.log(String(text)))
socket.on('error', error => { console.error(error); process.exit(1) })
