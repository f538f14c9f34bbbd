import { alerts } from './alerts'
import { common } from './common'
import { config } from './config'
import { editor } from './editor'
import { executions } from './executions'
import { files } from './files'
import { pipelines } from './pipelines'
import { session } from './session'
import { settings } from './settings'
import { templates } from './templates'

/** Every sentence that a person reads, in one place; what varies is a function's argument. */
export const strings = { ...common, alerts, config, editor, executions, files, pipelines, session, settings, templates }
