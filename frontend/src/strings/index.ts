import { alerts } from './alerts'
import { assist } from './assist'
import { common } from './common'
import { config } from './config'
import { connections } from './connections'
import { editor } from './editor'
import { executions } from './executions'
import { files } from './files'
import { modules } from './modules'
import { people } from './people'
import { pipelines } from './pipelines'
import { session } from './session'
import { settings } from './settings'
import { templates } from './templates'

/** Every sentence that a person reads, in one place; what varies is a function's argument. */
export const strings = {
  ...common,
  alerts,
  assist,
  config,
  connections,
  editor,
  executions,
  files,
  modules,
  people,
  pipelines,
  session,
  settings,
  templates,
}
