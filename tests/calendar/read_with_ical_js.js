// Says of each calendar file what `ical.js` reads in it, as one JSON object a line.

import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [directory, modules] = process.argv.slice(2)
const require = createRequire(path.join(path.resolve(modules), 'x.js'))
const { default: ICAL } = await import(pathToFileURL(require.resolve('ical.js')).href)

function collect([kind, properties, components], parent, found) {
  const add = (key, value) => {
    while (key in found) key += ' again'
    found[key] = value
    return key
  }
  const at = add(parent + kind.toUpperCase(), 'component')
  for (const [name, parameters, , ...values] of properties) {
    const key = `${at}/${name.toUpperCase()}`
    add(key, values.length === 1 ? String(values[0]) : JSON.stringify(values))
    for (const [parameter, value] of Object.entries(parameters)) add(`${key};${parameter.toUpperCase()}`, value)
  }
  for (const component of components) collect(component, `${at}/`, found)
}

for (const file of fs.readdirSync(directory).filter((name) => name.endsWith('.ics')).sort()) {
  const values = {}
  try {
    const parsed = ICAL.parse(fs.readFileSync(path.join(directory, file), 'utf8'))
    const calendars = typeof parsed[0] === 'string' ? [parsed] : parsed
    for (const calendar of calendars) collect(calendar, '', values)
  } catch (problem) {
    values.error = String(problem)
  }
  console.log(JSON.stringify({ file, values }))
}
