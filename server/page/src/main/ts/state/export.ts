// Conversations as files, and back.
import { withAttachments } from '../pure/request';
import { pathOf } from '../pure/tree';
import { type Conversation, importConversation } from './conversations';

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function fileName(conversation: Conversation): string {
  return conversation.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'conversation';
}

/** All of it: every version of every message. */
export function exportJson(conversation: Conversation): void {
  save(`${fileName(conversation)}.json`, 'application/json', JSON.stringify({ tokapu: 1, conversation }, null, 2));
}

/** What is shown, to read. */
export function exportMarkdown(conversation: Conversation): void {
  const parts = pathOf(conversation.tree).map((message) => {
    const who = message.role === 'user' ? 'You' : message.role === 'tool' ? 'Tool' : (message.model ?? 'Model');
    const calls = (message.toolCalls ?? []).map((call) => `\n\nCalls \`${call.name}\`: \`${call.arguments}\``).join('');
    return `## ${who}\n\n${withAttachments(message)}${calls}\n`;
  });
  save(`${fileName(conversation)}.md`, 'text/markdown', `# ${conversation.title}\n\n${parts.join('\n')}`);
}

function isConversation(value: unknown): value is Conversation {
  const it = value as Partial<Conversation> | null;
  return (
    typeof it?.title === 'string' &&
    typeof it.tree?.messages === 'object' &&
    typeof it.tree.shown === 'object' &&
    Object.values(it.tree.messages).every(
      (message) => typeof message.id === 'string' && typeof message.content === 'string' && ['user', 'assistant', 'tool'].includes(message.role),
    )
  );
}

/** Takes a conversation that {@link exportJson} has saved; says what is wrong with others. */
export async function importJson(file: File): Promise<string | null> {
  try {
    const { conversation } = JSON.parse(await file.text()) as { conversation?: unknown };
    if (isConversation(conversation)) {
      importConversation({ ...conversation, settings: conversation.settings ?? {} });
      return null;
    }
  } catch {
    // It is told below.
  }
  return `${file.name} is no conversation that was exported here.`;
}
