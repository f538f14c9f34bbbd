import { common } from './common'
import { editor } from './editor'
import { executions } from './executions'
import { pipelines } from './pipelines'
import { session } from './session'

/** Every sentence that a person reads, in one place; what varies is a function's argument. */
export const strings = { ...common, editor, executions, pipelines, session }
