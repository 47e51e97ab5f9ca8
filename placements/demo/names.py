"""Words to make people and places up. First and last names are common ones, mixed by chance; streets exist nowhere."""

from __future__ import annotations

WOMEN = (
    "Aïcha", "Alice", "Amandine", "Anaïs", "Assia", "Aurélie", "Awa", "Camille", "Chloé", "Clara", "Coralie", "Elif",
    "Élodie", "Emma", "Fatima", "Fatoumata", "Gaëlle", "Hanane", "Imane", "Inès", "Jade", "Julie", "Kenza", "Laura",
    "Léa", "Leïla", "Linh", "Lucie", "Maëva", "Manon", "Marie", "Mariama", "Marion", "Mélissa", "Morgane", "Myriam",
    "Nadia", "Noémie", "Océane", "Ophélie", "Pauline", "Rania", "Rokia", "Salomé", "Samira", "Sarah", "Sofia",
    "Sonia", "Valentina", "Yasmine", "Zoé",
)  # fmt: skip
MEN = (
    "Abdel", "Adam", "Adrien", "Alexis", "Amadou", "Anthony", "Antoine", "Ayoub", "Bakary", "Benjamin", "Bilal",
    "Clément", "Corentin", "Dylan", "Enzo", "Erwan", "Florian", "Gaël", "Hamza", "Hugo", "Ibrahim", "Idriss", "Jérémy",
    "Jordan", "Jules", "Kamel", "Karim", "Kévin", "Loïc", "Lucas", "Mamadou", "Mathis", "Maxime", "Mehdi", "Mohamed",
    "Nathan", "Nicolas", "Nino", "Omar", "Ousmane", "Quentin", "Rayan", "Romain", "Ryan", "Samuel", "Sofiane", "Théo",
    "Thomas", "Tiago", "Valentin", "Yanis", "Youssef",
)  # fmt: skip
EITHER = ("Alex", "Charlie", "Lou", "Sacha")
FAMILIES = (
    "Abdallah", "Amrani", "Bailleul", "Bakkali", "Barbosa", "Benali", "Bensaïd", "Bertin", "Boulanger", "Bouzid",
    "Camara", "Carlier", "Caron", "Cissé", "Coulibaly", "Da Silva", "Decroix", "Delattre", "Delannoy", "Demir",
    "Desmet", "Devos", "Diallo", "Diarra", "Dubois", "Dufour", "Dumont", "Dupuis", "El Amri", "Fernandes", "Ferreira",
    "Flament", "Fournier", "Garcia", "Gomes", "Haddad", "Hadji", "Hennion", "Hermant", "Jankowski", "Kaci", "Kaya",
    "Keïta", "Kowalczyk", "Lambert", "Lecomte", "Lefebvre", "Leroy", "Lopes", "Mahieu", "Mansouri", "Marchal",
    "Martin", "Masson", "Meziane", "Moreau", "Moussaoui", "Ndiaye", "Nguyen", "Nowak", "Pereira", "Petit", "Pham",
    "Platel", "Rachidi", "Renard", "Roussel", "Saïdi", "Santos", "Saïd", "Sow", "Tahar", "Thierry", "Touré", "Traoré",
    "Vandamme", "Vasseur", "Verhaeghe", "Wojcik", "Yilmaz", "Zerrouki", "Ziani",
)  # fmt: skip
STREETS = (
    "rue des Quatre-Navettes", "allée des Fileuses-de-Lune", "rue du Métier-Bleu", "impasse du Terril-aux-Merles",
    "place de la Trame-Claire", "rue de la Bobine-d’Argent", "cour des Cardeurs-d’Ombre", "avenue du Beffroi-Perdu",
    "rue du Puits-aux-Étoiles", "sentier des Haveurs-Rieurs", "rue de l’Ourdissoir-Vert", "allée du Canal-Rêvé",
)  # fmt: skip
# Employers that are no partners.
ELSEWHERE = (
    "Boulangerie du Métier-Bleu", "Ateliers Corvenne", "Garage Trois-Clés-d’Or", "Entrepôts Maravel", "Librairie Bobinot",
    "Pizzeria La Lune rousse", "Centre d’appels Voxaline", "Supérette Quatre-Navettes", "Agence Pixelou", "Cabinet Ormelin",
)  # fmt: skip
