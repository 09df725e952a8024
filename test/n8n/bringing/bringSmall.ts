/**
 * Brings the n8n of a recipe that a test made, as bring.ts brings a real one:
 *
 *   tsx test/n8n/bringing/bringSmall.ts <recipe as JSON> <folder>
 */
import { runBringing } from '../bring';
import type { Recipe } from './recipe';

const [recipe = '', folder = ''] = process.argv.slice(2);
runBringing([{ recipe: JSON.parse(recipe) as Recipe, folder }]);
