import { Input, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useId, useMemo } from 'react'
import { listFunctionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import classes from '../code/Code.module.css'
import type { Language } from '../code/CodeEditor'
import { issuesIn } from '../code/issues'
import { useTables } from '../code/useTables'
import { useColumns, useForm, useProblems } from '../form/context'
import { useConnections } from '../form/useConnections'
import { type FieldProps, useFrame } from '../form/useFrame'
import { shown } from '../form/values'
import { placeholderOf } from './Plain'

const CodeEditor = lazy(() => import('../code/CodeEditor'))

/** A condition or formula over the input's columns, on one line. */
export function ExpressionField(props: FieldProps) {
  const columns = useColumns(props.option)
  const { data } = useQuery({ ...listFunctionsOptions(), staleTime: Number.POSITIVE_INFINITY, meta: { quiet: true } })
  const language = useMemo(
    (): Language => ({ is: 'expression', columns: columns ?? [], functions: data?.items ?? [] }),
    [columns, data],
  )
  return <CodeField {...props} language={language} />
}

/** A query in the source's own SQL, with the tables of its connection. */
export function SqlField(props: FieldProps) {
  const { config, module } = useForm()
  const connection = shown(config.connection_id)
  const dialect = module.required_connections.includes('mysql') ? 'mysql' : 'postgres'
  const { tables, parameters } = useTables(connection, useConnections(module).has(connection), shown(props.value))
  const language = useMemo((): Language => ({ is: 'sql', dialect, tables, parameters }), [dialect, tables, parameters])
  return <CodeField {...props} language={language} />
}

function CodeField({ language, ...props }: FieldProps & { language: Language }) {
  const { option, path, value } = props
  const { change } = useForm()
  const { size: _, ...frame } = useFrame(props)
  const problems = useProblems(path, true)
  const text = shown(value)
  const issues = useMemo(() => issuesIn(text, problems), [text, problems])
  const id = useId()
  const isInvalid = frame.error !== undefined
  const attributes = useMemo(
    () => ({
      'aria-label': option.title,
      'aria-describedby': `${id}-error ${id}-description`,
      'aria-invalid': String(isInvalid),
      'aria-multiline': String(language.is === 'sql'),
    }),
    [option.title, id, isInvalid, language.is],
  )
  return (
    <Input.Wrapper
      {...frame}
      labelElement="div"
      errorProps={{ id: `${id}-error` }}
      descriptionProps={{ id: `${id}-description` }}
    >
      <div className={classes.frame} data-language={language.is} data-invalid={isInvalid || undefined}>
        <Suspense fallback={<Skeleton h={language.is === 'sql' ? 132 : 32} />}>
          <CodeEditor
            value={text}
            language={language}
            issues={issues}
            placeholder={placeholderOf({ option })}
            attributes={attributes}
            onChange={next => change(path, next || undefined, 'typed')}
          />
        </Suspense>
      </div>
    </Input.Wrapper>
  )
}
