import { Anchor, Code, Group, Text, UnstyledButton } from '@mantine/core'
import { Fragment, useState } from 'react'
import { strings } from '@/strings'
import classes from '../Form.module.css'
import { useForm } from './context'
import type { Option } from './options'
import type { Path } from './paths'
import { shown } from './values'

const text = strings.config
const SHORT = 110

/** The help of an option: its first sentence, and on demand all of it with examples that can be taken. */
export function Help({ option: { help, examples }, path }: { option: Option; path: Path }) {
  const [isOpen, open] = useState(false)
  const { change } = useForm()
  const first = firstSentence(help)
  const hasMore = first !== help || examples.length > 0
  return (
    <span className={classes.help}>
      <Marked>{isOpen ? help : first}</Marked>
      {hasMore && (
        <Anchor
          component="button"
          type="button"
          inherit
          className={classes.more}
          aria-expanded={isOpen}
          onClick={() => open(!isOpen)}
        >
          {isOpen ? text.less : text.more}
        </Anchor>
      )}
      {isOpen && examples.length > 0 && (
        <Group component="span" gap={4} mt={4} role="group" aria-label={text.examples}>
          {examples.map(example => (
            <UnstyledButton
              key={shown(example)}
              className={classes.example}
              aria-label={text.use(shown(example))}
              onClick={() => change(path, example, 'chosen')}
            >
              {shown(example)}
            </UnstyledButton>
          ))}
        </Group>
      )}
    </span>
  )
}

/** Text in which what stands between backticks is code. */
export function Marked({ children }: { children: string }) {
  return (
    <Text component="span" inherit>
      {children.split('`').map((part, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that does not change
        <Fragment key={position}>{position % 2 ? <Code className={classes.code}>{part}</Code> : part}</Fragment>
      ))}
    </Text>
  )
}

/** What can be read at a glance: all of it, its first sentence, or the beginning of that. */
export function firstSentence(help: string): string {
  if (help.length <= SHORT) return help
  const end = help.search(/\.\s/) + 1
  if (end > 0 && end <= SHORT) return help.slice(0, end)
  const start = help.slice(0, SHORT)
  const clause = Math.max(start.lastIndexOf('; '), start.lastIndexOf(': '), start.lastIndexOf(', '))
  return `${start.slice(0, clause > SHORT / 2 ? clause : start.lastIndexOf(' '))} …`
}
